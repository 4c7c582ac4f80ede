#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

using unisono::byte_buffer;
using unisono::test::all_bytes_of;
using unisono::test::bytes_of;
using unisono::test::to_hex;
namespace yjs = unisono::yjs;

namespace {

std::string hex_of_snapshot(yjs::document const& doc) {
    byte_buffer bytes = doc.deleted().encode();
    unisono::append(bytes, doc.state().encode());
    return to_hex(bytes);
}

} // namespace

TEST_CASE("documents equal those of Yjs byte for byte, whatever the order of their updates") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    std::size_t documents = 0;
    for (auto doc : vectors.root()["docs"].elements()) {
        INFO("seed " << doc["seed"].as_int64().value());
        yjs::document_options const options{.gc = doc["gc"].as_bool().value()};
        auto const updates = all_bytes_of(doc["updates"]);
        auto const expected = doc["expect"];

        yjs::document in_order{options};
        for (auto const& update : updates)
            REQUIRE(in_order.apply_update(update));
        CHECK(to_hex(in_order.encode_state_as_update()) == expected["v1"].as_string().value());
        CHECK(to_hex(in_order.state().encode()) == expected["sv"].as_string().value());
        CHECK(hex_of_snapshot(in_order) == expected["snapshotV1"].as_string().value());
        auto const part = yjs::state_vector::decode(bytes_of(doc["diffSv"])).value();
        CHECK(to_hex(in_order.encode_state_as_update(part)) ==
              doc["encodeStateAsUpdateDiff"].as_string().value());

        yjs::document shuffled{options};
        for (auto index : doc["shuffledOrder"].elements())
            REQUIRE(shuffled.apply_update(updates[static_cast<std::size_t>(index.as_int64().value())]));
        CHECK(to_hex(shuffled.encode_state_as_update()) == doc["v1FromShuffled"].as_string().value());
        CHECK(!shuffled.waits());

        yjs::document merged{options};
        REQUIRE(merged.apply_update(bytes_of(doc["mergedV1"])));
        CHECK(to_hex(merged.encode_state_as_update()) == doc["v1FromMerged"].as_string().value());

        // A document that was loaded is the same as the one that was saved.
        yjs::document loaded{options};
        REQUIRE(loaded.apply_update(in_order.encode_state_as_update()));
        CHECK(to_hex(loaded.encode_state_as_update()) == expected["v1"].as_string().value());
        ++documents;
    }
    CHECK(documents == 60);
}

TEST_CASE("what comes too early waits, is passed on and is taken in later") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    for (auto scenario : vectors.root()["pending"].elements()) {
        auto const updates = all_bytes_of(scenario["updates"]);
        yjs::document doc;
        for (auto step : scenario["steps"].elements()) {
            INFO("after " << step["applied"].as_int64().value());
            REQUIRE(doc.apply_update(updates[static_cast<std::size_t>(step["applied"].as_int64().value())]));
            CHECK(to_hex(doc.state().encode()) == step["sv"].as_string().value());
            CHECK(to_hex(doc.encode_state_as_update()) == step["v1"].as_string().value());
            CHECK(doc.waits() == !(step["pendingMissing"].is_null() && step["pendingDsV2"].is_null()));
        }
    }
}
