#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/documents.hpp"
#include "support/hex.hpp"

#include <stdexcept>
#include <vector>

using unisono::any_object;
using unisono::any_value;
using unisono::test::document_of;
using unisono::test::to_hex;
namespace yjs = unisono::yjs;
using yjs::delta_step;

TEST_CASE("a delta is applied in one transaction, step by step from the front") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    text.insert(0, "Hello world");
    int told = 0;
    doc.on_update([&](yjs::update_event const&) { ++told; });
    text.apply_delta(std::vector{delta_step::retain(5, {{"bold", true}}), delta_step::insert(","),
                                 delta_step::erase(1), delta_step::insert_embed(any_object{{"image", "u"}}),
                                 delta_step::insert("W", {{"bold", true}}), delta_step::erase(1)});
    CHECK(told == 1);
    CHECK(text.to_delta() == std::vector<yjs::text_piece>{
                                 {any_value{"Hello"}, {{"bold", true}}},
                                 {any_value{","}},
                                 {any_value{any_object{{"image", "u"}}}},
                                 {any_value{"W"}, {{"bold", true}}},
                                 {any_value{"orld"}},
                             });
}

TEST_CASE("what one text tells makes another one equal") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    auto mirror = document_of(2);
    text.observe([&](yjs::type_event const& e) { mirror.get_text("t").apply_delta(e.delta()); });
    text.insert(0, "one two three");
    text.format(4, 3, {{"bold", true}});
    doc.transact([&] {
        text.erase(2, 4);
        text.insert(3, "😀", {{"color", "red"}});
        text.format(0, 2, {{"bold", true}});
    });
    text.format(0, text.length(), {{"bold", nullptr}});
    CHECK(mirror.get_text("t").to_delta() == text.to_delta());
}

TEST_CASE("a delta goes as far as the text, and fills what it retains behind") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    text.insert(0, "ab");
    text.apply_delta(std::vector{delta_step::retain(1), delta_step::erase(9)});
    CHECK(text.to_string() == "a");
    text.apply_delta(std::vector{delta_step::retain(2), delta_step::insert("b"), delta_step::insert("")});
    CHECK(text.to_string() == "a\nb");
}

TEST_CASE("a delta that holds what a text cannot is refused whole") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    auto const nested = doc.get_map("m").set_type<yjs::text>("k");
    auto const before = to_hex(doc.encode_state_as_update());
    delta_step const none{delta_step::action::insert, 0, {}, {}};
    delta_step const type{delta_step::action::insert, 1, {yjs::value{nested}}, {}};
    for (auto const& bad : {none, type, delta_step::insert("\xff")}) {
        CHECK_THROWS_AS(text.apply_delta(std::vector{delta_step::insert("good"), bad}),
                        std::invalid_argument);
        CHECK(to_hex(doc.encode_state_as_update()) == before);
    }
}
