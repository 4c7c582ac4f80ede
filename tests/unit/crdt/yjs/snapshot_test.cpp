#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/snapshot.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <string>
#include <vector>

using namespace unisono;

namespace {

yjs::document forgetting_nothing(std::uint64_t client) {
    return yjs::document{{.client_id = client, .gc = false}};
}

std::vector<std::string> texts_of(std::vector<yjs::text_piece> const& pieces) {
    std::vector<std::string> texts;
    for (auto const& piece : pieces) {
        std::string text{piece.insert.as_any()->as_string().value_or("*")};
        if (auto const* change = piece.attributes.find("ychange"))
            text += change->as_object() != nullptr
                        ? ":" + std::string{*change->as_object()->find("type")->as_string()}
                        : ":" + std::string{*change->as_string()};
        texts.push_back(text);
    }
    return texts;
}

} // namespace

TEST_CASE("snapshots equal those of Yjs in both forms") {
    auto const vectors = test::load_vectors("yjs-vectors.json");
    std::size_t documents = 0;
    for (auto doc : vectors.root()["docs"].elements()) {
        auto const v1 = test::bytes_of(doc["expect"]["snapshotV1"]);
        auto const v2 = test::bytes_of(doc["expect"]["snapshotV2"]);
        yjs::document loaded{{.gc = doc["gc"].as_bool().value()}};
        REQUIRE(loaded.apply_update(test::bytes_of(doc["expect"]["v1"])));
        auto const snapshot = loaded.take_snapshot();
        CHECK(snapshot.encode() == v1);
        CHECK(snapshot.encode_v2() == v2);
        CHECK(yjs::snapshot::decode(v1).value() == snapshot);
        CHECK(yjs::snapshot::decode_v2(v2).value() == snapshot);
        CHECK(yjs::contains_update(snapshot, test::bytes_of(doc["expect"]["v1"])).value());
        CHECK(yjs::contains_update_v2(snapshot, test::bytes_of(doc["expect"]["v2"])).value());
        ++documents;
    }
    CHECK(documents == 60);
}

TEST_CASE("a cut or lengthened snapshot is refused") {
    byte_buffer bytes = yjs::snapshot{yjs::delete_set{{{1, 0, 2}}}, yjs::state_vector{{{1, 5}}}}.encode();
    CHECK(test::to_hex(bytes) == "0101010002010105");
    for (std::size_t length = 0; length < bytes.size(); ++length)
        CHECK(!yjs::snapshot::decode(bytes_view{bytes}.first(length)));
    bytes.push_back(std::byte{0});
    CHECK(yjs::snapshot::decode(bytes).error() == codec_error::trailing_bytes);
}

TEST_CASE("a snapshot knows which updates it comprises") {
    auto doc = forgetting_nothing(1);
    std::vector<byte_buffer> updates;
    doc.on_update([&](yjs::update_event const& event) {
        updates.emplace_back(event.update.begin(), event.update.end());
    });
    auto text = doc.get_text("t");
    text.insert(0, "abc");
    text.erase(1, 1);
    auto const snapshot = doc.take_snapshot();
    CHECK(snapshot.shows({1, 0}));
    CHECK(!snapshot.shows({1, 1}));
    CHECK(!snapshot.shows({1, 3}));
    text.insert(2, "d");
    text.erase(0, 1);
    std::vector<bool> contained;
    for (auto const& update : updates)
        contained.push_back(yjs::contains_update(snapshot, update).value());
    CHECK(contained == std::vector<bool>{true, true, false, false});
    CHECK(!yjs::contains_update(snapshot, bytes_view{updates[0]}.first(3)));
}

TEST_CASE("a past state can be read beside the present one") {
    auto doc = forgetting_nothing(1);
    auto text = doc.get_text("t");
    auto array = doc.get_array("a");
    auto map = doc.get_map("m");
    auto xml = doc.get_xml_fragment("x");
    text.insert(0, "one \xf0\x9f\x98\x80 two");
    text.format(0, 3, {{"bold", true}});
    array.insert(0, {1, 2, 3, 4});
    map.set("k", "old");
    map.set_type<yjs::array>("nested").push({"in"});
    auto element = xml.insert_element(0, "p");
    element.set_attribute("a", "1");
    auto const snapshot = doc.take_snapshot();

    text.erase(2, 3); // the first half of the pair, too
    text.insert(0, "zero ");
    text.format(0, 5, {{"bold", nullptr}});
    array.erase(1, 2);
    array.push({5});
    map.set("k", "new");
    map.set("later", 1);
    map.erase("nested");
    element.set_attribute("a", "2");
    element.set_attribute("b", "3");
    xml.erase(0, 1);
    std::string const now = test::to_hex(doc.encode_state_as_update());

    auto const past = doc.at(snapshot).value();
    CHECK(past.to_string(text) == "one \xef\xbf\xbd\xef\xbf\xbd two");
    auto const delta = past.to_delta(text);
    CHECK(texts_of(delta) == std::vector<std::string>{"one", " \xef\xbf\xbd\xef\xbf\xbd two"});
    CHECK(delta[0].attributes == any_object{{"bold", true}});
    auto const elements = past.to_vector(array);
    REQUIRE(elements.size() == 4);
    CHECK(*elements[2].as_any() == any_value{3});
    CHECK(*past.get(map, "k")->as_any() == any_value{"old"});
    CHECK(past.keys(map) == std::vector<std::string>{"k", "nested"});
    CHECK(!past.get(map, "later"));
    CHECK(!past.get(map, "never"));
    auto const nested = past.to_vector(*past.get(map, "nested")->as<yjs::array>());
    REQUIRE(nested.size() == 1);
    CHECK(*nested[0].as_any() == any_value{"in"});
    auto const children = past.to_vector(xml);
    REQUIRE(children.size() == 1);
    auto const paragraph = *children[0].as<yjs::xml_element>();
    CHECK(*past.attribute(paragraph, "a")->as_any() == any_value{"1"});
    CHECK(past.attribute_keys(paragraph) == std::vector<std::string>{"a"});
    CHECK(test::to_hex(doc.encode_state_as_update()) == now);

    yjs::document restored;
    REQUIRE(restored.apply_update(doc.encode_state_at(snapshot).value()));
    CHECK(restored.take_snapshot() == snapshot);
    CHECK(restored.get_text("t").to_string() == past.to_string(text));
    CHECK(*restored.get_map("m").get("k")->as_any() == any_value{"old"});
    CHECK(restored.get_xml_fragment("x").to_string() == "<p a=\"1\"></p>");
}

TEST_CASE("of values of a key that replaced each other at once, the one of that time is found") {
    auto doc = forgetting_nothing(1);
    auto map = doc.get_map("m");
    doc.transact([&] {
        map.set("k", "first");
        map.set("k", "second"); // one run with the first
    });
    map.set("k", "third");
    for (std::uint64_t clock = 0; clock <= 3; ++clock) {
        auto const past = doc.at({{}, yjs::state_vector{{{1, clock}}}}).value();
        auto const value = past.get(map, "k");
        CHECK(past.keys(map).size() == (clock > 0 ? 1 : 0));
        CHECK(value.has_value() == (clock > 0));
        if (value)
            CHECK(*value->as_any() == any_value{clock == 1 ? "first" : clock == 2 ? "second" : "third"});
    }
}

TEST_CASE("two past states can be compared") {
    auto doc = forgetting_nothing(1);
    auto text = doc.get_text("t");
    text.insert(0, "hello world");
    auto const older = doc.take_snapshot();
    text.erase(5, 6);
    text.insert(5, "!");
    text.insert_embed(6, any_object{{"image", "x"}});
    auto const newer = doc.take_snapshot();
    text.erase(0, 3);

    auto const before = doc.at(older).value();
    auto const after = doc.at(newer).value();
    CHECK(texts_of(after.changes_since(before, text)) ==
          std::vector<std::string>{"hello", " world:removed", "!:added", "*:added"});
    CHECK(texts_of(before.changes_since(after, text)) ==
          std::vector<std::string>{"hello", " world:added", "!:removed", "*:removed"});
    auto const who = [](bool added, yjs::id first) {
        return any_value{(added ? "+" : "-") + std::to_string(first.clock)};
    };
    CHECK(texts_of(after.changes_since(before, text, who)) ==
          std::vector<std::string>{"hello", " world:-5", "!:+11", "*:+12"});
}

TEST_CASE("a state that is not there any more, or not yet, is an error") {
    yjs::document doc{{.client_id = 1}};
    auto text = doc.get_text("t");
    text.insert(0, "abc");
    auto const whole = doc.take_snapshot();
    text.insert(3, "d");
    CHECK(doc.at(whole)->to_string(text) == "abc"); // nothing of it was forgotten
    CHECK(doc.encode_state_at(whole));
    text.erase(1, 1);
    CHECK(doc.at(whole).error() == crdt_error::content_forgotten);
    CHECK(doc.encode_state_at(whole).error() == crdt_error::content_forgotten);
    auto const without = doc.take_snapshot();
    text.insert(0, "x");
    CHECK(doc.at(without)->to_string(text) == "acd");

    yjs::document behind{{.client_id = 2}};
    CHECK(behind.at(whole).error() == crdt_error::missing_elements);
    CHECK(behind.encode_state_at(whole).error() == crdt_error::missing_elements);
    CHECK(behind.at({})->to_string(behind.get_text("t")).empty());
}

TEST_CASE("a past state is cut out of structs of every kind") {
    auto doc = forgetting_nothing(1);
    auto map = doc.get_map("m");
    auto array = doc.get_array("a");
    doc.transact([&] {
        array.insert(0, {1, "two", 3});
        doc.get_text("t").insert(0, "a\xf0\x9f\x98\x80"
                                    "b");
        map.set("k", any_object{{"x", 1}});
    });
    auto const all = doc.encode_state_as_update();
    std::uint64_t const end = doc.state().get(1);
    for (std::uint64_t clock = 0; clock <= end; ++clock) {
        INFO("clock " << clock);
        yjs::snapshot const part{{}, yjs::state_vector{{{1, clock}}}};
        yjs::document cut = forgetting_nothing(2);
        REQUIRE(cut.apply_update(yjs::update_at(all, part).value()));
        CHECK(cut.take_snapshot() == part);
        auto const past = doc.at(part).value();
        CHECK(past.to_vector(array).size() == std::min<std::uint64_t>(clock, 3));
        CHECK(past.to_string(doc.get_text("t")) == cut.get_text("t").to_string());
        CHECK(past.keys(map) == cut.get_map("m").keys());
    }
    CHECK(yjs::update_at(all, {{}, yjs::state_vector{{{1, end + 1}}}}).error() ==
          crdt_error::missing_elements);
    CHECK(yjs::update_at(bytes_view{all}.first(3), {}).error() == codec_error::truncated);
}
