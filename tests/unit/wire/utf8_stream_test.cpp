#include <unisono/codec/utf8.hpp>
#include <unisono/wire/detail/utf8_stream.hpp>

#include "support/catch.hpp"

#include <string>

using namespace unisono;

namespace {

/// In two pieces.
bool is_valid(std::string_view text, std::size_t split) {
    detail::utf8_stream stream;
    bool const good =
        stream.consume(as_bytes(text.substr(0, split))) && stream.consume(as_bytes(text.substr(split)));
    return good && stream.complete();
}

} // namespace

TEST_CASE("text in pieces is UTF-8 exactly when the whole is") {
    // Each bound of Unicode 15, table 3-7, and its neighbours.
    std::string const later{"\x00\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xff", 10};
    std::size_t wrong = 0;
    auto const check = [&](std::string const& text) {
        bool const expected = is_valid_utf8(text);
        for (std::size_t split = 0; split <= text.size(); ++split)
            wrong += is_valid(text, split) != expected;
    };
    for (int first = 0x7f; first < 256; ++first)
        for (char second : later)
            for (char third : later)
                for (char fourth : {'a', '\x80', '\xbf', '\xc2'}) {
                    std::string text{static_cast<char>(first), second, third, fourth};
                    for (; !text.empty(); text.pop_back())
                        check(text);
                }
    CHECK(wrong == 0);
}

TEST_CASE("blocks of ASCII are skipped and what stands around them is not") {
    for (std::string const& piece : {std::string{"\xc3\xa9"}, std::string{"\xf0\x9f\x99\x82"},
                                     std::string{"\x80"}, std::string{"\xed\xa0\x80"}, std::string{"\xc3"}})
        for (std::size_t before = 0; before < 70; ++before)
            for (std::size_t const behind : {0, 1, 15, 16, 17, 40}) {
                std::string const text = std::string(before, 'a') + piece + std::string(behind, 'z');
                for (std::size_t const split : {std::size_t{0}, before, before + 1, text.size()})
                    REQUIRE(is_valid(text, split) == is_valid_utf8(text));
            }
}

TEST_CASE("what cannot be right any more is refused at once") {
    detail::utf8_stream stream;
    CHECK(stream.consume(as_bytes("\xf0")));
    CHECK_FALSE(stream.complete());
    CHECK_FALSE(stream.consume(as_bytes("\x80"))); // overlong, whatever follows
    CHECK_FALSE(stream.complete());
    CHECK_FALSE(stream.consume(as_bytes("a")));
}
