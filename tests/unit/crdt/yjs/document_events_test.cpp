#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/documents.hpp"
#include "support/hex.hpp"

#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

using unisono::any_object;
using unisono::any_value;
using unisono::test::document_of;
using unisono::test::from_hex;
using unisono::test::sync;
using unisono::test::to_hex;
namespace yjs = unisono::yjs;
using yjs::delta_step;

namespace {

std::string shown(std::vector<yjs::path_step> const& path) {
    std::string result;
    for (auto const& step : path) {
        auto const* key = std::get_if<std::string>(&step);
        result += '/' + (key != nullptr ? *key : std::to_string(std::get<std::uint32_t>(step)));
    }
    return result;
}

any_value plain(int i) {
    return any_value{i};
}

} // namespace

TEST_CASE("a text tells what changed as a delta") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    text.insert(0, "Hello world");
    std::vector<yjs::delta> told;
    auto const number = text.observe([&](yjs::type_event const& e) { told.push_back(e.delta()); });
    doc.transact([&] {
        text.insert(5, ",");
        text.erase(0, 1);
        text.insert(0, "h");
        text.insert(12, "!");
    });
    text.format(0, 5, {{"bold", true}});
    doc.transact([&] {
        text.insert(2, "x");
        text.erase(2, 1); // nothing left of it
    });
    text.unobserve(number);
    text.insert(0, "unheard");
    REQUIRE(told.size() == 3);
    CHECK(told[0] == yjs::delta{delta_step::erase(1), delta_step::insert("h"), delta_step::retain(4),
                                delta_step::insert(","), delta_step::retain(6), delta_step::insert("!")});
    CHECK(told[1] == yjs::delta{delta_step::retain(5, {{"bold", true}})});
    CHECK(told[2].empty());
}

TEST_CASE("a delta counts UTF-16 code units, and a run that grew is new only where it did") {
    auto doc = document_of(1);
    auto other = document_of(2);
    doc.get_text("t").insert(0, "a");
    sync(doc, other);
    std::vector<yjs::delta> told;
    auto text = other.get_text("t");
    text.observe([&](yjs::type_event const& e) { told.push_back(e.delta()); });
    doc.get_text("t").insert(1, "😀é");
    sync(doc, other);
    doc.get_text("t").erase(1, 2);
    sync(doc, other);
    CHECK(told == std::vector{yjs::delta{delta_step::retain(1), delta_step::insert("😀é")},
                              yjs::delta{delta_step::retain(1), delta_step::erase(2)}});
}

TEST_CASE("a delta of a text with attributes says what holds for new text, and what changed for old") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    text.insert(0, "abcdef", {{"bold", true}});
    std::vector<yjs::delta> told;
    text.observe([&](yjs::type_event const& e) { told.push_back(e.delta()); });
    text.insert(3, "x");
    text.format(1, 2, {{"bold", nullptr}});
    text.insert_embed(0, any_object{{"image", "u"}});
    REQUIRE(told.size() == 3);
    CHECK(told[0] == yjs::delta{delta_step::retain(3), delta_step::insert("x", {{"bold", true}})});
    CHECK(told[1] == yjs::delta{delta_step::retain(1), delta_step::retain(2, {{"bold", nullptr}})});
    CHECK(told[2] == yjs::delta{delta_step::insert_embed(any_object{{"image", "u"}})});
}

TEST_CASE("an array tells its new values, also far apart in a long one") {
    auto doc = document_of(1);
    auto array = doc.get_array("a");
    for (int i = 0; i < 500; ++i)
        array.insert(0, {plain(i)}); // each is an item of its own
    yjs::delta told;
    array.observe([&](yjs::type_event const& e) { told = e.delta(); });
    doc.transact([&] {
        array.insert(400, {plain(1), plain(2)});
        array.erase(200, 3);
        array.insert(10, {plain(3)});
    });
    delta_step inserted{delta_step::action::insert, 1, {any_value{3}}, {}};
    delta_step later{delta_step::action::insert, 2, {any_value{1}, any_value{2}}, {}};
    CHECK(told == yjs::delta{delta_step::retain(10), inserted, delta_step::retain(190), delta_step::erase(3),
                             delta_step::retain(197), later});
}

TEST_CASE("a map tells which keys changed, and what they were") {
    auto doc = document_of(1);
    auto map = doc.get_map("m");
    map.set("changed", 1);
    auto nested = map.set_type<yjs::text>("gone");
    nested.insert(0, "x");
    std::vector<yjs::key_change> told;
    map.observe([&](yjs::type_event const& e) {
        CHECK(e.delta().empty());
        told = e.keys();
        if (told.size() == 3)
            CHECK(told[1].old_value->as<yjs::text>() == nested);
    });
    doc.transact([&] {
        map.set("changed", 2);
        map.erase("gone");
        map.set("new", 3);
        map.set("passing", 4);
        map.erase("passing");
    });
    using action = yjs::key_change::action;
    REQUIRE(told.size() == 3);
    CHECK(told[0] == yjs::key_change{"changed", action::update, any_value{1}});
    CHECK((told[1].key == "gone" && told[1].what == action::erase));
    CHECK(told[2] == yjs::key_change{"new", action::add});
}

TEST_CASE("deep observers hear of all types inside, the nearest first, with the way to them") {
    auto doc = document_of(1);
    auto root = doc.get_map("m");
    auto list = root.set_type<yjs::array>("list");
    list.insert(0, {plain(0)});
    auto inner = list.insert_type<yjs::text>(1);
    std::vector<std::string> told;
    root.observe_deep([&](std::span<yjs::type_event const> events) {
        for (auto const& e : events) {
            CHECK(e.current_target() == root);
            told.push_back(shown(e.path()));
        }
    });
    list.observe_deep([&](std::span<yjs::type_event const> events) {
        told.push_back("list:" + shown(events.back().path()));
    });
    doc.transact([&] {
        inner.insert(0, "x");
        list.insert(0, {plain(7)});
        root.set("k", 1);
    });
    CHECK(told == std::vector<std::string>{"list:/2", "", "/list", "/list/2"});
    told.clear();
    doc.transact([&] {
        inner.insert(0, "y");
        list.erase(2, 1); // the text: what happened in it is nobody's business any more
        list.insert_type<yjs::map>(0).set("new", 1);
    });
    CHECK(told == std::vector<std::string>{"list:", "/list"});
}

TEST_CASE("observers are called in the middle of a transaction's end, before its update") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    text.insert(0, "a");
    std::string order;
    int tag = 0;
    doc.on_transaction([&](yjs::transaction_event const& e) {
        CHECK(e.origin == &tag);
        CHECK(e.local);
        order += std::to_string(static_cast<int>(e.stage));
    });
    text.observe([&](yjs::type_event const& e) {
        CHECK(e.origin() == &tag);
        order += 'o';
    });
    text.observe_deep([&](std::span<yjs::type_event const>) { order += 'd'; });
    doc.on_update([&](yjs::update_event const&) { order += 'u'; });
    doc.transact([&] { text.erase(0, 1); }, &tag);
    CHECK(order == "01od23u");
}

TEST_CASE("what an observer edits is told when everybody has heard of the first transaction") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    std::vector<std::string> told;
    text.observe([&](yjs::type_event const& e) {
        told.push_back("first " + std::to_string(e.delta().size()));
        if (text.length() == 1)
            doc.get_map("m").set("seen", true);
    });
    doc.get_map("m").observe([&](yjs::type_event const&) { told.push_back("map"); });
    text.observe_deep([&](std::span<yjs::type_event const>) { told.push_back("deep"); });
    doc.on_update([&](yjs::update_event const&) { told.push_back("update"); });
    text.insert(0, "a");
    CHECK(told == std::vector<std::string>{"first 1", "deep", "update", "map", "update"});
}

TEST_CASE("what an observer throws comes out of the transaction, when the others have heard of it") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    int updates = 0;
    bool deep = false;
    text.observe([](yjs::type_event const&) { throw std::runtime_error("no"); });
    text.observe_deep([&](std::span<yjs::type_event const>) { deep = true; });
    doc.on_update([&](yjs::update_event const&) { ++updates; });
    CHECK_THROWS_AS(text.insert(0, "a"), std::runtime_error);
    CHECK((deep && updates == 1));
    CHECK(text.to_string() == "a");
}

TEST_CASE("who observes a type that is gone observes nothing, whatever takes its place in memory") {
    auto doc = document_of(1);
    auto array = doc.get_array("a");
    auto gone = array.insert_type<yjs::text>(0);
    int told = 0;
    auto const number = gone.observe([&](yjs::type_event const&) { ++told; });
    array.erase(0, 1);
    CHECK(gone.observe([&](yjs::type_event const&) { ++told; }) == 0);
    auto next = array.insert_type<yjs::text>(0);
    next.insert(0, "x");
    gone.unobserve(number);
    CHECK(told == 0);
}

TEST_CASE("an observer may edit a type that has just been deleted: nobody hears of it") {
    auto doc = document_of(1);
    auto array = doc.get_array("a");
    auto gone = array.insert_type<yjs::text>(0);
    int told = 0;
    array.observe_deep([&](std::span<yjs::type_event const> events) {
        CHECK(events.size() == 1);
        if (++told == 1)
            gone.insert(0, "x"); // and then the type is forgotten
    });
    array.erase(0, 1);
    CHECK(told == 1);
    array.push({1});
    CHECK(told == 2);
}

TEST_CASE("a listener may stop observing while it is called, and others may begin") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    int first = 0;
    int second = 0;
    std::uint64_t number = 0;
    number = text.observe([&](yjs::type_event const&) {
        ++first;
        text.unobserve(number);
        text.observe([&](yjs::type_event const&) { ++second; });
    });
    text.insert(0, "a");
    text.insert(0, "b");
    CHECK((first == 1 && second == 1));
}

TEST_CASE("format items that became redundant go after remote changes, as in Yjs") {
    auto a = document_of(1);
    auto b = document_of(2);
    a.get_text("t").insert(0, "abc");
    sync(a, b);
    a.get_text("t").format(0, 2, {{"bold", true}});
    b.get_text("t").format(0, 2, {{"bold", true}});
    std::vector<std::string> told;
    a.on_update([&](yjs::update_event const& e) { told.push_back(to_hex(e.update)); });
    sync(b, a);
    REQUIRE(told.size() == 2);
    CHECK(told[1] == "0001010103" + std::string{"01"}); // the first of the two marks in front
    sync(a, b);
    CHECK(to_hex(a.encode_state_as_update()) == to_hex(b.encode_state_as_update()));
}
