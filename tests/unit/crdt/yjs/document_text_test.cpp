#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/documents.hpp"
#include "support/hex.hpp"

#include <stdexcept>
#include <string>

using unisono::any_object;
using unisono::any_value;
using unisono::test::document_of;
using unisono::test::from_hex;
using unisono::test::sync;
namespace yjs = unisono::yjs;

namespace {

std::string shown(yjs::text const& text) {
    std::string result;
    for (auto const& piece : text.to_delta()) {
        result += '[';
        result += piece.insert.as_any()->as_string().value_or("*");
        for (auto const& [key, value] : piece.attributes.members()) {
            result += ' ' + key;
            if (auto const text_value = value.as_string())
                result += '=' + std::string{*text_value};
        }
        result += ']';
    }
    return result;
}

} // namespace

TEST_CASE("text is edited at positions that count UTF-16 code units") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    text.insert(0, "a😀b");
    CHECK(text.length() == 4);
    text.insert(3, "é");
    CHECK(text.to_string() == "a😀éb");
    text.erase(1, 2);
    CHECK(text.to_string() == "aéb");
    CHECK_THROWS_AS(text.insert(4, "x"), std::out_of_range);
    CHECK_THROWS_AS(text.erase(2, 2), std::out_of_range);
    CHECK_THROWS_AS(text.insert(0, "\xff"), std::invalid_argument);
    CHECK(text.to_string() == "aéb");
}

TEST_CASE("cutting a surrogate pair leaves a replacement character on both sides, on every replica") {
    auto doc = document_of(1);
    auto other = document_of(2);
    doc.get_text("t").insert(0, "a😀b");
    sync(doc, other);
    doc.get_text("t").insert(2, "X");
    sync(doc, other);
    CHECK(doc.get_text("t").to_string() == "a\uFFFDX\uFFFDb");
    CHECK(other.get_text("t").to_string() == "a\uFFFDX\uFFFDb");
}

TEST_CASE("a replica cuts a pair that somebody else cut, also when it knows both halves already") {
    yjs::document doc{{.client_id = 2}};
    auto const text = doc.get_text("t");
    REQUIRE(doc.apply_update(from_hex("01 01 01 00 04 01 01 74 04 f09f9880 00")));
    CHECK(text.to_string() == "\U0001F600");
    REQUIRE(doc.apply_update(from_hex("01 02 01 00 04 01 01 74 03 efbfbd 84 01 00 03 efbfbd 00")));
    CHECK(text.to_string() == "\uFFFD\uFFFD");
}

TEST_CASE("text of all widths that was typed in one go is one run") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    std::uint32_t at = 0;
    for (auto const* key : {"p", "l", "a", "i", "n", "é", "x", "漢", "y", "😀", "z"}) {
        text.insert(at, key);
        at = text.length();
    }
    CHECK(text.to_string() == "plainéx漢y😀z");
    auto whole = document_of(1);
    whole.get_text("t").insert(0, "plainéx漢y😀z");
    CHECK(doc.encode_state_as_update() == whole.encode_state_as_update());
}

TEST_CASE("edits far apart find their place, before and behind the last one") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    std::string expected;
    for (std::uint32_t i = 0; i < 400; ++i) {
        std::uint32_t const at = i * 7919 % (static_cast<std::uint32_t>(expected.size()) + 1);
        text.insert(at, std::string(1, static_cast<char>('a' + i % 26)));
        expected.insert(at, 1, static_cast<char>('a' + i % 26));
        if (i % 3 == 2) {
            std::uint32_t const gone = i * 104729 % static_cast<std::uint32_t>(expected.size());
            text.erase(gone, 1);
            expected.erase(gone, 1);
        }
        REQUIRE(text.to_string() == expected);
    }
}

TEST_CASE("positions are found after changes of others, too") {
    auto one = document_of(1);
    auto two = document_of(2);
    std::string expected;
    for (std::uint32_t i = 0; i < 300; ++i) {
        auto& doc = i % 2 == 0 ? one : two;
        auto& other = i % 2 == 0 ? two : one;
        auto text = doc.get_text("t");
        auto const size = static_cast<std::uint32_t>(expected.size());
        std::uint32_t const at = i * 7919 % (size + 1);
        text.insert(at, "xyz");
        expected.insert(at, "xyz");
        if (i % 5 == 4) {
            std::uint32_t const gone = i * 104729 % (size - 4);
            text.erase(gone, 5);
            expected.erase(gone, 5);
        }
        sync(doc, other);
        REQUIRE(other.get_text("t").to_string() == expected);
    }
}

TEST_CASE("attributes hold for a range, are inherited, and are taken away") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    text.insert(0, "plain bold plain");
    text.format(6, 4, any_object{{"bold", true}});
    CHECK(shown(text) == "[plain ][bold bold][ plain]");
    text.insert(10, "er");
    CHECK(shown(text) == "[plain ][bolder bold][ plain]");
    text.insert(8, "X", any_object{{"color", "red"}});
    CHECK(shown(text) == "[plain ][bo bold][X color=red][lder bold][ plain]");
    text.format(0, text.length(), any_object{{"bold", nullptr}, {"color", nullptr}});
    CHECK(shown(text) == "[plain boXlder plain]");
}

TEST_CASE("equal objects are equal attributes") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    any_object const link{{"link", any_object{{"href", "u"}}}};
    text.insert(0, "ab");
    text.format(0, 2, link);
    auto const before = doc.state();
    text.format(0, 2, link);
    CHECK(doc.state() == before);
}

TEST_CASE("embedded things count one and stand in the delta") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    text.insert(0, "ab");
    text.insert_embed(1, any_object{{"image", "i"}});
    CHECK(text.length() == 3);
    CHECK(text.to_string() == "ab");
    auto const delta = text.to_delta();
    REQUIRE(delta.size() == 3);
    CHECK(*delta[1].insert.as_any() == any_value{any_object{{"image", "i"}}});
    CHECK_THROWS_AS(text.insert_embed(0, any_value::bigint(1)), std::invalid_argument);
}

TEST_CASE("formatting beyond the end is filled with line feeds, as in Quill") {
    auto doc = document_of(1);
    auto text = doc.get_text("t");
    text.insert(0, "a");
    text.format(0, 3, any_object{{"bold", true}});
    CHECK(text.to_string() == "a\n\n");
}

TEST_CASE("two who write at the same place get the same text") {
    auto one = document_of(1);
    auto two = document_of(2);
    one.get_text("t").insert(0, "<>");
    sync(one, two);
    one.get_text("t").insert(1, "aaa");
    two.get_text("t").insert(1, "bbb");
    sync(one, two);
    sync(two, one);
    CHECK(one.get_text("t").to_string() == "<aaabbb>"); // the smaller client goes first
    CHECK(two.get_text("t").to_string() == "<aaabbb>");
    CHECK(one.encode_state_as_update() == two.encode_state_as_update());
}
