#include <unisono/codec/utf16.hpp>

#include "support/catch.hpp"

#include <string>

namespace {

using namespace unisono;

std::u16string utf16(std::string_view utf8) {
    std::u16string result;
    append_utf16(utf8, result);
    return result;
}

std::string utf8(std::u16string_view utf16) {
    byte_buffer result;
    append_utf8(utf16, result);
    return std::string{as_text(result)};
}

} // namespace

TEST_CASE("text survives the way to UTF-16 and back") {
    CHECK(utf16("a\u00e9\u6f22\U0001F600") == u"a\u00e9\u6f22\U0001F600");
    for (auto const* text : {"", "plain", "\x7f\u0080\u07ff\u0800\uffff\U00010000\U0010ffff"})
        CHECK(utf8(utf16(text)) == text);
}

TEST_CASE("half a pair becomes U+FFFD") {
    CHECK(utf8(std::u16string{u'a', char16_t{0xd83d}, u'b'}) == "a\uFFFDb");
    CHECK(utf8(std::u16string{char16_t{0xde00}, char16_t{0xd83d}}) == "\uFFFD\uFFFD");
}

TEST_CASE("one byte beyond ASCII is noticed wherever it stands") {
    CHECK(is_ascii(""));
    std::string text(20, 'a');
    CHECK(is_ascii(text));
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = '\x80';
        CHECK(!is_ascii(changed));
    }
}
