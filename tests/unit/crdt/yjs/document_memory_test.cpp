#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <stdexcept>
#include <string>

using unisono::test::from_hex;
using unisono::test::to_hex;
namespace yjs = unisono::yjs;

TEST_CASE("memory follows what there is, not what there was") {
    yjs::document doc{{.client_id = 1}};
    auto text = doc.get_text("t");
    text.insert(0, "begin é end");
    auto values = doc.get_array("a");
    for (int i = 0; i < 300; ++i) {
        text.insert(6, std::string(1000, 'x'));
        text.erase(6, 1000);
        values.insert(0, {i, "value"});
        values.erase(1, 1);
    }
    auto const& store = text.core().store;
    CHECK(store.clients[0].content.size() < 20'000);
    CHECK(text.to_string() == "begin é end");
    REQUIRE(values.length() == 300);
    CHECK(*values.get(0).as_any() == unisono::any_value{299});
    CHECK(*values.get(299).as_any() == unisono::any_value{0});
    yjs::document loaded{{.client_id = 2}};
    REQUIRE(loaded.apply_update(doc.encode_state_as_update()));
    CHECK(loaded.get_text("t").to_string() == "begin é end");
    CHECK(loaded.encode_state_as_update() == doc.encode_state_as_update());
}

TEST_CASE("what waits is bounded; the rest comes again with the next exchange of states") {
    yjs::document doc{{.client_id = 1, .waiting_bytes = 12}};
    REQUIRE(doc.apply_update(from_hex("01 01 02 01 84 02 00 01 62 00"))); // "b", after "a"
    CHECK(doc.waits());
    REQUIRE(doc.apply_update(from_hex("01 01 02 02 84 02 01 01 63 00"))); // "c"
    REQUIRE(doc.apply_update(from_hex("01 01 02 00 04 01 01 74 01 61 00")));
    CHECK(doc.get_text("t").to_string() == "ab");
    CHECK(!doc.waits());
    CHECK(doc.state().get(2) == 2);
    REQUIRE(doc.apply_update(from_hex("01 01 02 02 84 02 01 01 63 00")));
    CHECK(doc.get_text("t").to_string() == "abc");
}

TEST_CASE("when nothing may wait, what is missing comes in order or not at all") {
    yjs::document doc{{.client_id = 1, .waiting_bytes = 0}};
    REQUIRE(doc.apply_update(from_hex("01 01 02 01 84 02 00 01 62 00")));
    CHECK(!doc.waits());
    REQUIRE(doc.apply_update(from_hex("01 01 02 00 04 01 01 74 01 61 00")));
    CHECK(doc.get_text("t").to_string() == "a");
    REQUIRE(doc.apply_update(from_hex("01 01 02 01 84 02 00 01 62 00")));
    CHECK(doc.get_text("t").to_string() == "ab");
}

TEST_CASE("the elements of a client are used up before their numbers are") {
    yjs::document doc{{.client_id = 1, .limits = {.clock = 5}}};
    auto text = doc.get_text("t");
    text.insert(0, "abc");
    CHECK_THROWS_AS(text.insert(0, "def"), std::length_error);
    CHECK(text.to_string() == "abc");
    text.insert(3, "de");
    CHECK(text.to_string() == "abcde");
}
