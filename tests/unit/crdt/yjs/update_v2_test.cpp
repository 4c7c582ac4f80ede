#include <unisono/codec/error.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/crdt/yjs/update_v2.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <string>
#include <vector>

using unisono::byte_buffer;
using unisono::bytes_view;
using unisono::codec_error;
using unisono::crdt_error;
using unisono::test::all_bytes_of;
using unisono::test::bytes_of;
using unisono::test::from_hex;
using unisono::test::to_hex;
namespace yjs = unisono::yjs;

namespace {

byte_buffer v2(bytes_view v1) {
    return yjs::convert_update_v1_to_v2(v1, {}, yjs::key_marks::kept).value();
}

std::vector<byte_buffer> all_v2(std::vector<byte_buffer> const& updates) {
    std::vector<byte_buffer> converted;
    for (auto const& update : updates)
        converted.push_back(v2(update));
    return converted;
}

// One client types "a", "b" and "c", one key at a time.
std::vector<byte_buffer> const typed = {from_hex("01 01 01 00 04 01 01 74 01 61 00"),
                                        from_hex("01 01 01 01 84 01 00 01 62 00"),
                                        from_hex("01 01 01 02 84 01 01 01 63 00")};

} // namespace

TEST_CASE("merge, diff and state vector of V2 updates equal those of Yjs byte for byte") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    std::size_t documents = 0;
    for (auto doc : vectors.root()["docs"].elements()) {
        INFO("seed " << doc["seed"].as_int64().value());
        auto const updates = all_v2(all_bytes_of(doc["updates"]));
        auto const all =
            yjs::merge_updates_v2(std::vector<bytes_view>(updates.begin(), updates.end())).value();
        if (doc["seed"].as_int64() != 41) // there it is left to chance
            CHECK(to_hex(all) == doc["mergedV2"].as_string().value());
        CHECK(to_hex(yjs::diff_update_v2(all, bytes_of(doc["diffSv"])).value()) ==
              to_hex(v2(bytes_of(doc["diffUpdateOfMerged"]))));
        CHECK(to_hex(yjs::state_vector_from_update_v2(all).value()) ==
              doc["svFromMerged"].as_string().value());
        CHECK(yjs::validate_update_v2(bytes_of(doc["expect"]["v2"])));
        ++documents;
    }
    CHECK(documents == 60);
}

TEST_CASE("a V2 difference is that of the V1 form, wherever it is cut") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    for (auto doc : vectors.root()["docs"].elements()) {
        INFO("seed " << doc["seed"].as_int64().value());
        auto const update = bytes_of(doc["expect"]["v2"]);
        auto const v1 = yjs::convert_update_v2_to_v1(update, {}, yjs::key_marks::kept).value();
        auto const clients = yjs::parse_update_meta(v1).value().clients;
        for (std::uint64_t cut = 0; cut <= 12; ++cut) {
            yjs::state_vector known;
            for (auto const& client : clients)
                known.set(client.client, client.to * cut / 12);
            auto const difference = yjs::diff_update(v1, known.encode()).value();
            CHECK(to_hex(yjs::diff_update_v2(update, known.encode()).value()) ==
                  to_hex(yjs::convert_update_v1_to_v2(difference, {}, yjs::key_marks::kept).value()));
        }
    }
}

TEST_CASE("V2 updates merge as V1 updates do") {
    auto const updates = all_v2(typed);
    auto merged = [&](std::initializer_list<std::size_t> which) {
        std::vector<bytes_view> views;
        for (std::size_t i : which)
            views.push_back(updates[i]);
        return to_hex(yjs::merge_updates_v2(views).value());
    };
    CHECK(merged({}) == "00000000000001000000000000");
    CHECK(merged({0, 2}) == "00000241000102000504000a008406037461634101010100000103000100");
    std::vector<bytes_view> const views{updates.begin(), updates.end()};
    CHECK(to_hex(yjs::compact_updates_v2(views).value()) ==
          "000001010000010407047461626301030101000001010000");
    auto const meta = yjs::parse_update_meta_v2(updates[2]).value();
    CHECK(meta.clients == std::vector<yjs::update_meta::client_range>{{1, 2, 3}});
}

TEST_CASE("one V2 update merges to itself, as it is spelled") {
    // The mark of a key that carries no data, and a feature flag that nobody knows.
    auto const marked = from_hex("0700024100010000032100a805026d6b41000101000241000102007d020101010000");
    std::vector<bytes_view> const one{marked};
    CHECK(yjs::merge_updates_v2(one).value() == marked);
    std::vector<bytes_view> const two{marked, marked};
    CHECK(to_hex(yjs::merge_updates_v2(two).value()) ==
          "00000241000100000321008805026d6b41000101000241000102007d020101010000");
    CHECK(to_hex(yjs::compact_updates_v2(one).value()) ==
          "0000024100010000032100a805026d6b41000101000241000102007d020101010000");
}

TEST_CASE("one bad V2 update refuses the whole call") {
    auto const good = v2(typed[0]);
    auto const bad = from_hex("00 00 01 01 00 00 01 00 01 00 00 00 01 00 01 01 00 00"); // covers no clock
    CHECK(yjs::merge_updates_v2(std::vector<bytes_view>{good, bad}).error() == crdt_error::empty_struct);
    CHECK(yjs::compact_updates_v2(std::vector<bytes_view>{bad, good}).error() == crdt_error::empty_struct);
    CHECK(yjs::validate_update_v2(bad).error() == crdt_error::empty_struct);
    CHECK(yjs::diff_update_v2(bad, from_hex("00")).error() == crdt_error::empty_struct);
    CHECK(yjs::diff_update_v2(good, from_hex("01")).error() == codec_error::truncated);
    CHECK(yjs::state_vector_from_update_v2(bad).error() == crdt_error::empty_struct);
    CHECK(yjs::parse_update_meta_v2(bad).error() == crdt_error::empty_struct);
}

TEST_CASE("updates that are merged share the budget for what V2 expands to") {
    // 1,000 forgotten structs of one element in 23 bytes.
    auto const packed = from_hex("00 00 01 01 00 00 01 00 01 00 00 00 06 41 ffffffff7f 01 e807 00 00");
    std::vector<bytes_view> const updates(10, packed);
    CHECK(yjs::merge_updates_v2(updates, {.expanded_bytes = 30'000}));
    CHECK(yjs::merge_updates_v2(updates, {.expanded_bytes = 15'000}).error() == codec_error::too_large);
    CHECK(yjs::compact_updates_v2(updates, {.expanded_bytes = 15'000}).error() == codec_error::too_large);
}
