#include <unisono/codec/error.hpp>
#include <unisono/core/random.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <set>
#include <utility>

using unisono::codec_error;
using unisono::crdt_error;
using unisono::test::from_hex;
using unisono::test::to_hex;
using unisono::yjs::delete_range;
using unisono::yjs::delete_set;
using unisono::yjs::id;

TEST_CASE("a delete set joins what touches and sorts what does not") {
    delete_set const set{{{1, 9, 1}, {7, 0, 2}, {1, 2, 3}, {1, 5, 1}, {1, 3, 1}, {2, 4, 0}}};
    CHECK(set == delete_set{{{7, 0, 2}, {1, 2, 4}, {1, 9, 1}}});
    CHECK(to_hex(set.encode()) == "0207010002010202040901");
    CHECK(delete_set::decode(set.encode()).value() == set);
    CHECK(delete_set::decode(from_hex("02 01 02 09 01 02 04 07 01 00 02")).value() == set);
    CHECK(delete_set{}.encode() == from_hex("00"));
}

TEST_CASE("a delete set is a set of elements") {
    unisono::seeded_random random{GENERATE(as<std::uint64_t>{}, 1, 2, 3, 4)};
    std::set<std::pair<std::uint64_t, std::uint64_t>> model;
    delete_set whole;
    for (int step = 0; step < 40; ++step) {
        delete_range const range{random.below(3), random.below(60), random.below(6)};
        for (auto clock = range.clock; clock < range.end(); ++clock)
            model.emplace(range.client, clock);
        whole.merge(delete_set{{range}});
        for (std::uint64_t client = 0; client < 4; ++client)
            for (std::uint64_t clock = 0; clock < 70; ++clock)
                REQUIRE(whole.contains({client, clock}) == (model.count({client, clock}) == 1));
    }
    for (std::size_t i = 1; i < whole.ranges().size(); ++i) {
        auto const a = whole.ranges()[i - 1], b = whole.ranges()[i];
        CHECK((a.client > b.client || (a.client == b.client && a.end() < b.clock)));
    }
}

TEST_CASE("a malformed or boundless delete set is refused") {
    auto error = [](std::string_view hex, unisono::yjs::update_limits const& limits = {}) {
        return delete_set::decode(from_hex(hex), limits).error();
    };
    CHECK(error("") == codec_error::truncated);
    CHECK(error("ff ff ff ff 0f") == codec_error::truncated);
    CHECK(error("01 05 ff ff ff ff 0f 00 01") == codec_error::truncated);
    CHECK(error("01 05 01 00") == codec_error::truncated);
    CHECK(error("00 00") == codec_error::trailing_bytes);
    CHECK(error("02 05 00 06 00", {.clients = 1}) == crdt_error::too_many_clients);
    CHECK(error("02 05 01 00 01 06 01 00 01", {.delete_ranges = 1}) == crdt_error::too_many_ranges);
    CHECK_FALSE(error("01 05 01 07 03", {.clock = 10}));
    CHECK(error("01 05 01 07 04", {.clock = 10}) == crdt_error::clock_out_of_range);
    CHECK(error("01 05 01 ffffffffffffff0f ffffffffffffff0f") == crdt_error::clock_out_of_range);
    CHECK(error("01 05 01 00 ffffffff0f") == crdt_error::clock_out_of_range);
}
