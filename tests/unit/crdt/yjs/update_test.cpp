#include <unisono/codec/error.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <initializer_list>

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

std::vector<byte_buffer> all_from_hex(std::initializer_list<std::string_view> updates) {
    std::vector<byte_buffer> bytes;
    for (auto hex : updates)
        bytes.push_back(from_hex(hex));
    return bytes;
}

std::string merged(std::initializer_list<std::string_view> updates) {
    auto const bytes = all_from_hex(updates);
    return to_hex(yjs::merge_updates(std::vector<bytes_view>(bytes.begin(), bytes.end())).value());
}

std::string compacted(std::initializer_list<std::string_view> updates) {
    auto const bytes = all_from_hex(updates);
    return to_hex(yjs::compact_updates(std::vector<bytes_view>(bytes.begin(), bytes.end())).value());
}

std::error_code problem(std::string_view hex, yjs::update_limits const& limits = {}) {
    return yjs::validate_update(from_hex(hex), limits).error();
}

// One client types "abc", one key at a time.
constexpr auto type_a = "01 01 01 00 04 01 01 74 01 61 00";
constexpr auto type_b = "01 01 01 01 84 01 00 01 62 00";
constexpr auto type_c = "01 01 01 02 84 01 01 01 63 00";
constexpr auto type_abc = "01 01 01 00 04 01 01 74 03 61 62 63 00";

} // namespace

TEST_CASE("an update in parts is the same update") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    std::size_t parts_made = 0;
    for (auto doc : vectors.root()["docs"].elements()) {
        INFO("seed " << doc["seed"].as_int64().value());
        auto const updates = all_bytes_of(doc["updates"]);
        auto const whole =
            yjs::merge_updates(std::vector<bytes_view>(updates.begin(), updates.end())).value();
        for (std::size_t const bytes : {std::size_t{1}, std::size_t{40}, whole.size()}) {
            auto const parts = yjs::split_update(whole, bytes).value();
            parts_made += parts.size();
            CHECK((bytes < whole.size() || parts.size() == 1));
            CHECK(yjs::merge_updates(std::vector<bytes_view>(parts.begin(), parts.end())).value() == whole);
            yjs::document at_once{{.client_id = 1}};
            yjs::document in_parts{{.client_id = 1}};
            REQUIRE(at_once.apply_update(whole));
            for (auto const& part : parts)
                REQUIRE(in_parts.apply_update(part));
            CHECK(in_parts.encode_state_as_update() == at_once.encode_state_as_update());
        }
    }
    CHECK(parts_made > 1000);
    CHECK(yjs::split_update(from_hex("01"), 100).error() == codec_error::truncated);
}

TEST_CASE("merge, diff and state vector equal those of Yjs byte for byte") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    std::size_t documents = 0;
    for (auto doc : vectors.root()["docs"].elements()) {
        INFO("seed " << doc["seed"].as_int64().value());
        auto const updates = all_bytes_of(doc["updates"]);
        for (auto const& update : updates)
            CHECK(yjs::validate_update(update));
        auto const all = yjs::merge_updates(std::vector<bytes_view>(updates.begin(), updates.end())).value();
        // There a gc and an item cover the same clock, and Yjs happens to take the item.
        if (doc["seed"].as_int64() != 41)
            CHECK(to_hex(all) == doc["mergedV1"].as_string().value());
        CHECK(to_hex(yjs::diff_update(all, bytes_of(doc["diffSv"])).value()) ==
              doc["diffUpdateOfMerged"].as_string().value());
        CHECK(to_hex(yjs::state_vector_from_update(all).value()) == doc["svFromMerged"].as_string().value());
        CHECK(to_hex(yjs::state_vector_from_update(bytes_of(doc["expect"]["v1"])).value()) ==
              to_hex(bytes_of(doc["expect"]["sv"])));
        ++documents;
    }
    CHECK(documents == 60);
}

TEST_CASE("nothing merges to the empty update") {
    CHECK(merged({}) == "0000");
    CHECK(merged({"0000", "0000"}) == "0000");
    CHECK(compacted({}) == "0000");
}

TEST_CASE("one update merges to itself, unless Yjs would lose parts of it later") {
    // Documents keep the key bit on items with an origin, merging drops it.
    constexpr auto keyed = "010201002101016d016b01a80100017d020101010001";
    CHECK(merged({keyed}) == keyed);
    CHECK(merged({keyed, "0000"}) == "010201002101016d016b01880100017d020101010001");
    // Clients in ascending order: Yjs drops client 9 when it merges this with anything.
    CHECK(merged({"02 01 05 00 04 01 01 74 01 61 01 09 00 04 01 01 74 01 62 00"}) ==
          "0201090004010174016201050004010174016100");
}

TEST_CASE("a client named twice in one update is put together") {
    constexpr auto twice = "02 01 01 01 84 01 00 01 62 01 01 00 04 01 01 74 01 61 00";
    CHECK(merged({twice}) == to_hex(from_hex("01 02 01 00 04 01 01 74 01 61 84 01 00 01 62 00")));
    CHECK(to_hex(yjs::state_vector_from_update(from_hex(twice)).value()) == "010102");
    // One block fills the hole in the other.
    constexpr auto holed = "02 01 01 00 00 04 03 01 02 00 01 0a 01 00 03 00";
    CHECK(to_hex(yjs::state_vector_from_update(from_hex(holed)).value()) == "010107");
    CHECK(to_hex(yjs::diff_update(from_hex(twice), from_hex("01 01 01")).value()) == "01010101840100016200");
    auto const meta = yjs::parse_update_meta(from_hex(twice)).value();
    CHECK(meta.clients == std::vector<yjs::update_meta::client_range>{{1, 0, 2}});
}

TEST_CASE("a missing update leaves a skip, and what comes later fills it") {
    auto const holed = merged({type_a, type_c});
    CHECK(holed == "010301000401017401610a01840101016300");
    CHECK(merged({holed, type_b}) == merged({type_a, type_b, type_c}));
    CHECK(to_hex(yjs::state_vector_from_update(from_hex(holed)).value()) == "010101");
    CHECK(to_hex(yjs::state_vector_from_update(from_hex(type_c)).value()) == "00");
}

TEST_CASE("what one update skips another one fills, before it is called a hole") {
    CHECK(merged({type_abc, "01 03 01 00 04 01 01 74 01 61 0a 04 84 01 04 01 66 00", // a, hole, f
                  "01 01 01 03 84 01 02 02 64 65 00"}) ==
          to_hex(from_hex("01 03 01 00 04 01 01 74 03 61 62 63 84 01 02 02 64 65 84 01 04 01 66 00")));
}

TEST_CASE("of structs that begin together, that of the update in progress comes first, as in Yjs") {
    CHECK(merged({"01 01 01 02 84 01 01 02 63 64 00",
                  "01 03 01 00 04 01 01 74 01 61 0a 01 84 01 01 01 63 00"}) ==
          "010401000401017401610a018401010163840102016400");
}

TEST_CASE("compacting joins what was typed key by key") {
    CHECK(compacted({type_a, type_b, type_c}) == to_hex(from_hex(type_abc)));
    CHECK(compacted({type_c, type_a, type_b}) == to_hex(from_hex(type_abc)));
    CHECK(compacted({merged({type_a, type_b}), type_c}) == to_hex(from_hex(type_abc)));
    // Values, JSON texts, forgotten content and gc.
    CHECK(compacted({"01 01 01 00 08 01 01 74 01 7e 00", "01 01 01 01 88 01 00 02 7d01 7f 00"}) ==
          to_hex(from_hex("01 01 01 00 08 01 01 74 03 7e 7d01 7f 00")));
    CHECK(compacted({"01 01 01 00 02 01 01 74 01 01 31 00", "01 01 01 01 82 01 00 01 01 32 00"}) ==
          to_hex(from_hex("01 01 01 00 02 01 01 74 02 01 31 01 32 00")));
    CHECK(compacted({"01 01 01 00 01 01 01 74 02 00", "01 01 01 02 81 01 01 03 00"}) ==
          to_hex(from_hex("01 01 01 00 01 01 01 74 05 00")));
    CHECK(compacted({"01 02 01 00 00 02 00 03 00"}) == "01010100000500");
}

TEST_CASE("compacting leaves apart what splitting could not restore") {
    auto apart = [](std::string_view update) {
        INFO(update);
        CHECK(compacted({update}) == to_hex(from_hex(update)));
    };
    apart("01 02 01 00 04 01 01 74 02 6162 84 01 00 01 63 00");           // not after the last one
    apart("01 02 01 00 04 01 01 74 01 61 84 02 00 01 62 00");             // after another client's
    apart("01 02 01 00 04 01 01 74 01 61 c4 01 00 02 00 01 62 00");       // before something else
    apart("01 02 01 00 04 01 01 74 01 61 04 01 01 74 01 62 00");          // without an origin
    apart("01 02 01 00 04 01 01 74 01 61 88 01 00 01 7e 00");             // of another kind
    apart("01 02 01 00 03 01 01 74 01 61 83 01 00 01 62 00");             // of a kind that is one element
    apart("02 01 02 00 04 01 01 74 01 61 01 01 00 04 01 01 74 01 62 00"); // of another client
    apart("01 03 01 00 04 01 01 74 01 61 0a 01 84 01 01 01 63 00");       // behind a hole
    // Values of one map key: each replaces the one before.
    apart("01 02 01 00 28 01 01 6d 01 6b 01 7d01 a8 01 00 01 7d02 01 01 01 00 01");
    apart("01 02 01 04 a8 01 03 01 7d01 a8 01 04 01 7d02 01 01 01 04 01");
}

TEST_CASE("an overlap is cut where the first update ends") {
    CHECK(merged({"01 01 01 00 04 01 01 74 02 6162 00", type_abc}) ==
          to_hex(from_hex("01 02 01 00 04 01 01 74 02 6162 84 01 01 01 63 00")));
    // Right origin, values and counts survive the cut.
    CHECK(to_hex(yjs::diff_update(from_hex("01 01 01 00 48 02 07 03 7e 7d01 7f 00"), from_hex("01 01 01"))
                     .value()) == to_hex(from_hex("01 01 01 01 c8 01 00 02 07 02 7d01 7f 00")));
    CHECK(to_hex(yjs::diff_update(from_hex("01 01 01 00 02 01 01 74 02 01 31 01 32 00"), from_hex("01 01 01"))
                     .value()) == to_hex(from_hex("01 01 01 01 82 01 00 01 01 32 00")));
    CHECK(to_hex(yjs::diff_update(from_hex("01 01 01 00 01 01 01 74 05 00"), from_hex("01 01 02")).value()) ==
          to_hex(from_hex("01 01 01 02 81 01 01 03 00")));
    CHECK(to_hex(yjs::diff_update(from_hex("01 01 01 00 00 05 00"), from_hex("01 01 02")).value()) ==
          to_hex(from_hex("01 01 01 02 00 03 00")));
    // A key stands beside the parent, which a cut item no longer names; the bit stays, as in Yjs.
    CHECK(to_hex(yjs::diff_update(from_hex("01 01 01 00 28 01 01 6d 01 6b 02 7e 7f 00"), from_hex("01 01 01"))
                     .value()) == to_hex(from_hex("01 01 01 01 a8 01 00 01 7f 00")));
}

TEST_CASE("half a surrogate pair becomes one replacement character") {
    constexpr auto emoji = "01 01 01 00 04 01 01 74 06 61 f09f9880 62 00";
    auto diff = [&](std::string_view vector) {
        return to_hex(yjs::diff_update(from_hex(emoji), from_hex(vector)).value());
    };
    CHECK(diff("01 01 01") == to_hex(from_hex("01 01 01 01 84 01 00 05 f09f9880 62 00")));
    CHECK(diff("01 01 02") == to_hex(from_hex("01 01 01 02 84 01 01 04 efbfbd 62 00")));
    CHECK(diff("01 01 03") == to_hex(from_hex("01 01 01 03 84 01 02 01 62 00")));
    CHECK(diff("01 01 04") == "0000");
}

TEST_CASE("a difference leaves out holes in front and keeps those behind") {
    auto const holed = merged({type_a, type_c, "01 01 01 04 84 01 03 01 65 00"}); // a, hole, c, hole, e
    CHECK(to_hex(yjs::diff_update(from_hex(holed), from_hex("01 01 01")).value()) ==
          to_hex(from_hex("01 03 01 02 84 01 01 01 63 0a 01 84 01 03 01 65 00")));
    CHECK(to_hex(yjs::diff_update(from_hex(holed), from_hex("01 01 03")).value()) ==
          to_hex(from_hex("01 01 01 04 84 01 03 01 65 00")));
    CHECK(to_hex(yjs::diff_update(from_hex(holed), from_hex("00")).value()) == holed);
    CHECK_FALSE(yjs::diff_update(from_hex(holed), from_hex("01")));
}

TEST_CASE("a forgotten struct wins over the content others still have") {
    constexpr auto gc = "01 01 01 00 00 02 00";
    auto const expected = to_hex(from_hex("01 02 01 00 00 02 84 01 01 01 63 00"));
    CHECK(merged({gc, type_abc}) == expected);
    CHECK(merged({type_abc, gc}) == expected);
}

TEST_CASE("forgotten structs of different updates become one, those of one update stay apart") {
    CHECK(merged({"01 01 01 00 00 02 00", "01 01 01 02 00 03 00"}) == "01010100000500");
    CHECK(merged({"01 02 01 00 00 02 00 03 00", "0000"}) == to_hex(from_hex("01 02 01 00 00 02 00 03 00")));
    // Before and behind content.
    CHECK(merged({"01 02 01 00 04 01 01 74 01 61 00 02 00", "01 01 01 03 00 01 00"}) ==
          to_hex(from_hex("01 02 01 00 04 01 01 74 01 61 00 03 00")));
    CHECK(merged({"01 01 01 00 00 02 00", "01 02 01 02 00 03 84 01 04 01 61 00"}) ==
          to_hex(from_hex("01 02 01 00 00 05 84 01 04 01 61 00")));
}

TEST_CASE("updates of several clients and of one merge into each other") {
    constexpr auto both = "02 01 09 00 04 01 01 74 01 78 01 01 00 04 01 01 74 01 61 00";
    auto const expected = to_hex(from_hex(
        "02 01 09 00 04 01 01 74 01 78 03 01 00 04 01 01 74 01 61 84 01 00 01 62 84 01 01 01 63 00"));
    CHECK(merged({both, type_b, type_c}) == expected);
    CHECK(merged({type_c, both, type_b}) == expected);
    CHECK(merged({type_b, type_a, type_c, both}) == expected);
}

TEST_CASE("meta tells clocks and whether something is deleted") {
    auto const meta =
        yjs::parse_update_meta(from_hex("02 02 09 03 00 02 0a 04 01 01 00 00 01 01 01 01 00 01")).value();
    CHECK(meta.clients == std::vector<yjs::update_meta::client_range>{{9, 3, 9}, {1, 0, 1}});
    CHECK(meta.deletes);
    CHECK_FALSE(yjs::parse_update_meta(from_hex(type_abc)).value().deletes);
    CHECK_FALSE(yjs::parse_update_meta(from_hex("00 01 01 01 00 00")).value().deletes); // an empty range
}

TEST_CASE("malformed updates are refused whole") {
    CHECK(problem("") == codec_error::truncated);
    CHECK(problem("00") == codec_error::truncated);
    CHECK(problem("00 00 00") == codec_error::trailing_bytes);
    CHECK(problem("ff ff ff ff 0f") == codec_error::truncated);
    CHECK(problem("01 ff ff ff ff 0f 01 00 00 01 00") == codec_error::truncated);
    CHECK(problem("01 01 01 00 0b 01 00") == crdt_error::unknown_content);
    CHECK(problem("01 01 01 00 04 01 01 74 01 61") == codec_error::truncated); // no delete set
    auto const good = from_hex(type_a), bad = from_hex("01 01 01 00 00 00 00");
    CHECK(yjs::merge_updates(std::vector<bytes_view>{good, bad}).error() == crdt_error::empty_struct);
}

TEST_CASE("limits hold for updates and for what becomes of them") {
    constexpr auto two = "02 02 05 00 00 01 00 01 01 04 00 00 01 00";
    CHECK_FALSE(problem(two, {.structs = 3, .clients = 2}));
    CHECK(problem(two, {.structs = 2}) == crdt_error::too_many_structs);
    CHECK(problem(two, {.clients = 1}) == crdt_error::too_many_clients);
    CHECK(problem("01 01 05 0a 00 01 00", {.clock = 10}) == crdt_error::clock_out_of_range);

    auto const updates = all_from_hex({type_a, type_b, "00 01 01 01 00 01", "00 01 01 01 05 01"});
    std::vector<bytes_view> const views{updates.begin(), updates.end()};
    CHECK(yjs::merge_updates(views, {.structs = 1}).error() == crdt_error::too_many_structs);
    CHECK(yjs::merge_updates(views, {.delete_ranges = 1}).error() == crdt_error::too_many_ranges);
    CHECK(yjs::compact_updates(views, {.structs = 1}));
}
