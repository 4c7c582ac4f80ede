#include <unisono/crdt/yjs/detail/bulk_load.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <string>
#include <vector>

using namespace unisono;
using unisono::test::from_hex;
using yjs::detail::document_store;

namespace {

/// Texts that were cut, deleted and nested, and values, all by one client.
yjs::document written() {
    yjs::document doc{{.client_id = 7}};
    auto text = doc.get_text("text");
    text.insert(0, "hello w\u00f6rld");
    text.insert(5, ", wide");
    text.erase(2, 4);
    text.format(0, 3, any_object{{"bold", true}});
    auto array = doc.get_array("array");
    array.insert(0, {1, "two", nullptr});
    array.insert_type<yjs::map>(1).set("key", 3);
    array.erase(0, 1);
    doc.get_map("map").set("a", 1);
    doc.get_map("map").set("a", 2);
    return doc;
}

/// An update of two texts by two clients, of which the first on the wire refers to the second.
byte_buffer crossed() {
    yjs::document early{{.client_id = 1}};
    early.get_text("text").insert(0, "ab");
    yjs::document late{{.client_id = 2}};
    REQUIRE(late.apply_update(early.encode_state_as_update()));
    late.get_text("text").insert(1, "-");
    return late.encode_state_as_update();
}

bool is_empty(document_store const& store) {
    return store.items.size() == 0 && store.clients.size() == 0 && store.types.roots().empty();
}

} // namespace

TEST_CASE("the state of a document is loaded while it is read") {
    auto const doc = written();
    document_store store;
    CHECK(yjs::detail::load(store, doc.encode_state_as_update(), {}));
    CHECK(store.clients[0].state == doc.state().get(7));
    document_store store_v2;
    CHECK(yjs::detail::load_v2(store_v2, doc.encode_state_as_update_v2(), {}));
    CHECK(store_v2.clients[0].state == doc.state().get(7));
    // Only once: what is there already is for others to compare.
    CHECK_FALSE(yjs::detail::load(store, doc.encode_state_as_update(), {}));
}

TEST_CASE("an update that cannot be loaded straight away leaves the store empty") {
    auto const refused = [](bytes_view update) {
        document_store store;
        return !yjs::detail::load(store, update, {}) && is_empty(store);
    };
    auto const state = written().encode_state_as_update();
    for (std::size_t size = 0; size < state.size(); ++size)
        REQUIRE(refused(bytes_view{state}.first(size)));
    CHECK(refused(from_hex("01 01 01 05 04 01 01 74 01 61 00")));             // begins at a later clock
    CHECK(refused(from_hex("01 02 01 00 04 01 01 74 01 61 0a 01 00")));       // ends with a gap
    CHECK(refused(from_hex("01 01 01 00 04 01 01 74 01 61 01 01 01 00 02"))); // deletes what is not there
    CHECK(refused(from_hex("01 01 01 00 04 01 01 74 01 61 01 02 01 00 01"))); // of somebody else
    CHECK(refused(from_hex("01 01 01 00 04 01 01 74 02 61 62 01 01 02 01 01 00 01"))); // not in order
    CHECK(refused(from_hex("01 01 01 00 04 01 01 74 01 61 00 00"))); // goes on behind its end
    CHECK(refused(from_hex("01 01 01 00 84 02 00 01 61 00")));       // refers to somebody unknown
    CHECK(refused(from_hex("02 01 02 00 84 01 00 01 61 01 01 00 84 02 00 01 62 00"))); // each to the other
    CHECK(refused(from_hex(
        "03 01 02 00 04 01 01 74 01 61 01 01 00 04 01 01 74 01 61 01 02 01 84 02 00 01 62 00"))); // a client
                                                                                                  // twice

    auto const state_v2 = written().encode_state_as_update_v2();
    for (std::size_t size = 0; size < state_v2.size(); ++size) {
        document_store store;
        REQUIRE_FALSE(yjs::detail::load_v2(store, bytes_view{state_v2}.first(size), {}));
        REQUIRE(is_empty(store));
    }
}

TEST_CASE("the log of a typing session is loaded as the few runs it makes") {
    yjs::document doc{{.client_id = 7}};
    std::vector<byte_buffer> log;
    doc.on_update([&](yjs::update_event const& e) { log.emplace_back(e.update.begin(), e.update.end()); });
    auto text = doc.get_text("text");
    for (int i = 0; i < 1000; ++i)
        text.insert(text.length(), "x");
    std::vector<bytes_view> const updates{log.begin(), log.end()};
    document_store store;
    REQUIRE(yjs::detail::load(store, yjs::merge_updates(updates).value(), {}));
    CHECK(store.items.size() < 10);
}

TEST_CASE("a loader whose last struct goes on where the one before ends looks at no item behind it") {
    // Client 2 wrote p, q and r one by one, client 1 wrote y behind p, and then z.
    auto const update = from_hex("02 03 02 00 04 01 01 74 01 70 84 02 00 01 71 84 02 01 01 72 "
                                 "02 01 00 84 02 00 01 79 84 01 00 01 7a 00");
    document_store store;
    REQUIRE(yjs::detail::load(store, update, {}));
    yjs::document doc{{.client_id = 9}};
    REQUIRE(doc.apply_update(update));
    CHECK(doc.get_text("text").to_string().empty());
    CHECK(doc.get_text("t").to_string() == "pyzqr");
}

TEST_CASE("handles of an empty document show what is loaded into it") {
    auto const saved = written();
    auto const state = saved.encode_state_as_update();
    auto const state_v2 = saved.encode_state_as_update_v2();
    yjs::document doc{{.client_id = 9}};
    auto map = doc.get_map("map");
    auto text = doc.get_text("text");
    std::size_t changes = 0;
    text.observe([&](yjs::type_event const&) { ++changes; });
    bool const v2 = GENERATE(false, true);
    auto const load = [&](std::size_t cut_off) {
        return v2 ? doc.apply_update_v2(bytes_view{state_v2}.first(state_v2.size() - cut_off))
                  : doc.apply_update(bytes_view{state}.first(state.size() - cut_off));
    };
    CHECK_FALSE(load(1));
    CHECK(text.to_string().empty());
    CHECK(changes == 0);
    REQUIRE(load(0));
    CHECK(text.to_string() == "he wide w\u00f6rld");
    CHECK(changes == 1);
    CHECK(*map.get("a")->as_any() == any_value{2});
    CHECK(doc.encode_state_as_update() == state);
    CHECK(doc.encode_state_as_update_v2() == state_v2);
}

TEST_CASE("clients may refer to each other in any order") {
    auto const update = crossed();
    document_store store;
    CHECK(yjs::detail::load(store, update, {}));
    yjs::document v1{{.client_id = 9}};
    REQUIRE(v1.apply_update(update));
    CHECK(v1.get_text("text").to_string() == "a-b");
    yjs::document v2{{.client_id = 9}};
    REQUIRE(v2.apply_update_v2(v1.encode_state_as_update_v2()));
    CHECK(v2.get_text("text").to_string() == "a-b");
}

TEST_CASE("what is not loaded straight away is taken in all the same") {
    // One client in two parts.
    yjs::document doc{{.client_id = 8}};
    REQUIRE(doc.apply_update(
        from_hex("03 01 09 00 04 01 01 74 01 61 01 01 00 04 01 01 75 01 61 01 09 01 84 09 00 01 62 00")));
    CHECK(doc.get_text("t").to_string() == "ab");
}

TEST_CASE("the values of a key are loaded one by one, though they follow each other like a run") {
    yjs::document doc{{.client_id = 7}};
    std::vector<byte_buffer> log;
    doc.on_update([&](yjs::update_event const& e) { log.emplace_back(e.update.begin(), e.update.end()); });
    for (int i = 0; i < 9; ++i)
        doc.get_map("map").set("key", i);
    std::vector<bytes_view> const updates{log.begin(), log.end()};
    yjs::document loaded{{.client_id = 9}};
    REQUIRE(loaded.apply_update(yjs::merge_updates(updates).value()));
    CHECK(*loaded.get_map("map").get("key")->as_any() == any_value{8});
    CHECK(loaded.encode_state_as_update() == doc.encode_state_as_update());
}
