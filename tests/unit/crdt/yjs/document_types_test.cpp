#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/documents.hpp"
#include "support/hex.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using unisono::any_array;
using unisono::any_object;
using unisono::any_value;
using unisono::byte_buffer;
using unisono::test::document_of;
using unisono::test::from_hex;
using unisono::test::sync;
namespace yjs = unisono::yjs;

TEST_CASE("an array holds values, bytes and types") {
    auto doc = document_of(1);
    auto array = doc.get_array("a");
    array.push({1, "two", nullptr});
    array.insert(1, {any_value{byte_buffer{std::byte{7}}}, true});
    auto inner = array.insert_type<yjs::map>(5);
    inner.set("k", any_array{1, 2});
    CHECK(doc.to_json(array) == any_value{any_array{1, byte_buffer{std::byte{7}}, true, "two", nullptr,
                                                    any_object{{"k", any_array{1, 2}}}}});
    CHECK(array.length() == 6);
    CHECK(*array.get(3).as_any() == any_value{"two"});
    CHECK(array.get(5).as<yjs::map>() == inner);
    CHECK(!array.get(5).as<yjs::text>());
    array.erase(0, 4);
    CHECK(array.length() == 2);
    CHECK_THROWS_AS(array.get(2), std::out_of_range);
    CHECK_THROWS_AS(array.erase(1, 2), std::out_of_range);
}

TEST_CASE("values pushed one by one are one run") {
    auto one_by_one = document_of(1);
    auto at_once = document_of(1);
    for (int i = 0; i < 5; ++i)
        one_by_one.get_array("a").push({i});
    at_once.get_array("a").push({0, 1, 2, 3, 4});
    CHECK(one_by_one.encode_state_as_update() == at_once.encode_state_as_update());
}

TEST_CASE("a map holds the last value of each key") {
    auto doc = document_of(1);
    auto map = doc.get_map("m");
    map.set("k", 1);
    map.set("k", 2);
    map.set("other", "x");
    CHECK(*map.get("k")->as_any() == any_value{2});
    CHECK(map.keys() == std::vector<std::string>{"k", "other"});
    map.erase("k");
    map.erase("never");
    CHECK(!map.contains("k"));
    CHECK(!map.get("never"));
    CHECK(map.keys() == std::vector<std::string>{"other"});
    CHECK_THROWS_AS(map.set("\xff", 1), std::invalid_argument);
}

TEST_CASE("of values set at the same time the same one wins everywhere") {
    auto one = document_of(1);
    auto two = document_of(2);
    one.get_map("m").set("k", "one");
    two.get_map("m").set("k", "two");
    sync(one, two);
    sync(two, one);
    CHECK(*one.get_map("m").get("k")->as_any() == any_value{"two"});
    CHECK(*two.get_map("m").get("k")->as_any() == any_value{"two"});
}

TEST_CASE("XML is written as Yjs writes it") {
    auto doc = document_of(1);
    auto xml = doc.get_xml_fragment("x");
    auto p = xml.insert_element(0, "P");
    p.set_attribute("b", "2");
    p.set_attribute("a", 1);
    p.insert_text(0).insert(0, "t<");
    p.insert_element(1, "br");
    CHECK(xml.to_string() == "<p a=\"1\" b=\"2\">t<<br></br></p>");
    CHECK(p.name() == "P");
    CHECK(*p.attribute("b")->as_any() == any_value{"2"});
    p.erase_attribute("b");
    p.erase(1, 1);
    CHECK(xml.to_string() == "<p a=\"1\">t<</p>");
    CHECK(xml.get(0).as<yjs::xml_element>()->attribute_keys() == std::vector<std::string>{"a"});
}

TEST_CASE("a sub-document shows its name and options") {
    auto doc = document_of(1);
    yjs::subdocument const inner{"guid", any_object{{"autoLoad", true}}};
    doc.get_map("m").set_subdocument("s", inner);
    doc.get_array("a").insert_subdocument(0, inner);
    CHECK(*doc.get_map("m").get("s")->as_subdocument() == inner);
    CHECK(*doc.get_array("a").get(0).as_subdocument() == inner);
}

TEST_CASE("handles notice that their type is gone, whatever takes its place in memory") {
    auto doc = document_of(1);
    auto array = doc.get_array("a");
    auto gone = array.insert_type<yjs::text>(0);
    gone.insert(0, "text");
    auto deeper = array.insert_type<yjs::array>(1).insert_type<yjs::map>(0);
    array.erase(0, 2);
    CHECK(!gone.exists());
    CHECK(!deeper.exists());
    auto next = array.insert_type<yjs::text>(0);
    gone.insert(0, "lost");
    deeper.set("k", 1);
    CHECK(!gone.exists());
    CHECK(gone.to_string().empty());
    CHECK(next.to_string().empty());
    CHECK(gone != next);
}

TEST_CASE("types nest as deep as somebody cares to send") {
    auto doc = document_of(1);
    auto array = doc.get_array("a");
    for (int i = 0; i < 20'000; ++i)
        array = array.insert_type<yjs::array>(0);
    doc.to_json(doc.get_array("a")); // ends early
    auto copy = document_of(2);
    sync(doc, copy);
    copy.get_array("a").erase(0, 1);
    CHECK(copy.get_array("a").length() == 0);
    CHECK(copy.encode_state_as_update().size() < 40);
}

TEST_CASE("one name is one root of one kind") {
    auto doc = document_of(1);
    doc.get_text("t").insert(0, "x");
    CHECK(doc.get_text("t").length() == 1);
    CHECK_THROWS_AS(doc.get_array("t"), std::invalid_argument);
    CHECK_THROWS_AS(doc.get_array("\xff"), std::invalid_argument);
    doc.get_map("m");
    auto names = doc.root_names();
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"m", "t"});
}

TEST_CASE("handles stay valid when the document moves") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    yjs::document moved = std::move(doc);
    text.insert(0, "x");
    CHECK(moved.get_text("t").to_string() == "x");
}

TEST_CASE("an XML hook is a map with a name, passed on as it came") {
    auto doc = document_of(1);
    auto const update = from_hex("01 01 02 00 27 01 01 6d 01 68 05 02 68 6b 00");
    REQUIRE(doc.apply_update(update));
    CHECK(doc.encode_state_as_update() == update);
    auto hook = doc.get_map("m").get("h")->as<yjs::map>();
    REQUIRE(hook);
    CHECK(hook->kind() == yjs::type_kind::xml_hook);
    std::vector<yjs::key_change> told;
    hook->observe([&](yjs::type_event const& e) { told = e.keys(); });
    hook->set("k", 1);
    CHECK(told == std::vector<yjs::key_change>{{"k", yjs::key_change::action::add}});
}

TEST_CASE("weak links of yrs are passed on as they came, in both forms") {
    for (auto const* body : {
             "00 03 05",       // one element
             "07 03 05 03 09", // from one to another
             "39 01 61 01 61", // all of a root
             "09 03 05 03 09", // all of a nested type up to an element
         }) {
        INFO(body);
        auto const update = from_hex(std::string{"01 01 02 00 27 01 01 6d 01 6c 07 "} + body + " 00");
        auto doc = document_of(1);
        REQUIRE(doc.apply_update(update));
        CHECK(doc.encode_state_as_update() == update);
        auto const link = doc.get_map("m").get("l");
        REQUIRE(link);
        CHECK(link->as_type()->kind() == yjs::type_kind::weak_link);
        CHECK(doc.to_json(*link->as_type()).is_undefined());

        auto const v2 = yjs::convert_update_v1_to_v2(update);
        REQUIRE(v2);
        CHECK(yjs::convert_update_v2_to_v1(*v2).value() == update);
    }
    auto doc = document_of(1);
    CHECK(!doc.apply_update(from_hex("01 01 02 00 27 01 01 6d 01 6c 07 01 03 05 00"))); // its end is missing
}
