#include <unisono/codec/utf8.hpp>

#include "support/catch.hpp"

#include <string>

using unisono::find_utf16;
using unisono::is_valid_utf8;
using unisono::utf16_length;

TEST_CASE("well-formed UTF-8 is accepted") {
    CHECK(is_valid_utf8(""));
    CHECK(is_valid_utf8(std::string(100, 'x')));
    // The first and last character of every length, and the neighbours of the surrogates.
    for (auto text : {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                      "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK(is_valid_utf8(text));
    CHECK(is_valid_utf8(std::string_view{"\0", 1}));
}

TEST_CASE("malformed UTF-8 is refused wherever it stands") {
    auto const bad = GENERATE(
        as<std::string>{},
        "\x80",                                                             // continuation without a lead
        "\xc0\x80", "\xc1\xbf",                                             // overlong
        "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", // surrogates
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc2", "\xe2\x82", "\xf0\x9f\x98", // cut off
        "\xc2\x41", "\xe2\x41\xac", "\xe2\x82\x41", "\xf0\x41\x98\x80", "\xf0\x9f\x41\x80",
        "\xf0\x9f\x98\x41");
    for (std::size_t before = 0; before < 10; ++before)
        for (std::size_t after : {0, 9})
            CHECK_FALSE(is_valid_utf8(std::string(before, 'a') + bad + std::string(after, 'a')));
}

TEST_CASE("lengths count UTF-16 code units") {
    CHECK(utf16_length("") == 0);
    CHECK(utf16_length("abc") == 3);
    CHECK(utf16_length("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") == 5); // a, e acute, euro, emoji
}

TEST_CASE("a UTF-16 position is found in UTF-8, also between two surrogates") {
    std::string_view const text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
    std::size_t const bytes[] = {0, 1, 3, 6, 6, 10, 11};
    for (std::size_t units = 0; units <= 6; ++units) {
        CHECK(find_utf16(text, units).bytes == bytes[units]);
        CHECK(find_utf16(text, units).inside_a_pair == (units == 4));
    }
}
