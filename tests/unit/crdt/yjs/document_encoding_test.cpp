#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <algorithm>
#include <vector>

using namespace unisono;

TEST_CASE("documents read and write the V2 form as Yjs does") {
    auto const vectors = test::load_vectors("yjs-vectors.json");
    std::size_t documents = 0;
    for (auto doc : vectors.root()["docs"].elements()) {
        INFO("seed " << doc["seed"].as_int64().value());
        yjs::document loaded{{.gc = doc["gc"].as_bool().value()}};
        for (auto const& update : test::all_bytes_of(doc["updates"]))
            REQUIRE(loaded.apply_update_v2(yjs::convert_update_v1_to_v2(update).value()));
        CHECK(loaded.encode_state_as_update() == test::bytes_of(doc["expect"]["v1"]));
        CHECK(loaded.encode_state_as_update_v2() == test::bytes_of(doc["expect"]["v2"]));
        auto const known = yjs::state_vector::decode(test::bytes_of(doc["diffSv"])).value();
        CHECK(yjs::convert_update_v2_to_v1(loaded.encode_state_as_update_v2(known), {}, yjs::key_marks::kept)
                  .value() == loaded.encode_state_as_update(known));
        ++documents;
    }
    CHECK(documents == 60);
}

TEST_CASE("has_deleted() agrees with deleted()") {
    auto const vectors = test::load_vectors("yjs-vectors.json");
    for (auto doc : vectors.root()["docs"].elements()) {
        yjs::document loaded;
        for (auto const& update : test::all_bytes_of(doc["updates"]))
            REQUIRE(loaded.apply_update(update));
        auto const deleted = loaded.deleted();
        auto const state = loaded.state();
        for (auto const& [client, end] : state.entries()) {
            for (std::uint64_t clock = 0; clock < std::min<std::uint64_t>(end, 500); ++clock)
                for (std::uint64_t length : {1, 2, 5}) {
                    yjs::delete_range const range{client, clock, length};
                    REQUIRE(loaded.has_deleted(range) == deleted.contains_all(range));
                }
            REQUIRE_FALSE(loaded.has_deleted({client, UINT64_MAX, 2}));
        }
        CHECK_FALSE(loaded.has_deleted({12345, 0, 1}));
        CHECK(loaded.has_deleted({12345, 0, 0}));
    }
}

TEST_CASE("a bad V2 update is refused whole") {
    yjs::document doc{{.client_id = 1}};
    doc.get_text("t").insert(0, "abc");
    auto const before = doc.encode_state_as_update_v2();
    for (std::size_t length = 0; length < before.size(); ++length)
        CHECK(!doc.apply_update_v2(bytes_view{before}.first(length)));
    CHECK(doc.encode_state_as_update_v2() == before);
}

TEST_CASE("updates are told in either form") {
    yjs::document doc{{.client_id = 1}};
    yjs::document copy{{.client_id = 2}};
    int who = 0;
    std::size_t told = 0;
    auto const number = doc.on_update_v2([&](yjs::update_event const& event) {
        ++told;
        CHECK(event.origin == &who);
        CHECK(event.local);
        REQUIRE(copy.apply_update_v2(event.update));
    });
    doc.transact([&] { doc.get_text("t").insert(0, "one", {{"bold", true}}); }, &who);
    doc.transact([&] { doc.get_map("m").set("k", "v"); }, &who);
    CHECK(copy.encode_state_as_update() == doc.encode_state_as_update());
    doc.remove_update_listener(number);
    doc.get_text("t").erase(0, 1);
    CHECK(told == 2);
}

TEST_CASE("what waits can be left out of what is sent") {
    yjs::document author{{.client_id = 1}};
    std::vector<byte_buffer> updates;
    author.on_update([&](yjs::update_event const& event) {
        updates.emplace_back(event.update.begin(), event.update.end());
    });
    auto text = author.get_text("t");
    for (int i = 0; i < 3; ++i)
        text.insert(static_cast<std::uint32_t>(i), "x");
    text.erase(2, 1);
    yjs::document doc{{.client_id = 2}};
    REQUIRE(doc.apply_update(updates[0]));
    auto const whole = doc.encode_state_as_update();
    auto const whole_v2 = doc.encode_state_as_update_v2();
    REQUIRE(doc.apply_update(updates[2]));
    REQUIRE(doc.apply_update(updates[3]));
    REQUIRE(doc.waits());
    using part = yjs::waiting_part;
    CHECK(doc.encode_state_as_update({}, part::left_out) == whole);
    CHECK(doc.encode_state_as_update_v2({}, part::left_out) == whole_v2);
    CHECK(doc.encode_state_as_update(doc.state(), part::left_out) == test::from_hex("0000"));
    CHECK(doc.encode_state_as_update().size() > whole.size());

    yjs::document other{{.client_id = 3}};
    REQUIRE(other.apply_update_v2(doc.encode_state_as_update_v2()));
    CHECK(other.waits());
    REQUIRE(other.apply_update(updates[1]));
    CHECK(!other.waits());
    CHECK(other.get_text("t").to_string() == "xx");
}
