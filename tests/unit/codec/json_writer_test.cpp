#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/core/random.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace std::literals;
namespace json = unisono::json;

namespace {

template <class Fill>
std::string written(Fill&& fill) {
    std::string text;
    json::writer w{text};
    fill(w);
    return text;
}

std::string escaped(std::string_view text) {
    return written([&](json::writer& w) { w.string(text); });
}

} // namespace

TEST_CASE("json writer: commas and brackets") {
    CHECK(written([](json::writer& w) { w.object([] {}); }) == "{}");
    CHECK(written([](json::writer& w) { w.array([] {}); }) == "[]");
    CHECK(written([](json::writer& w) {
              w.object([&] {
                  w.member("text", "t").member("int", -1).member("big", UINT64_MAX).member("real", 0.5);
                  w.member("yes", true).member("none", nullptr);
                  w.key("list").array([&] { w.int64(1).array([] {}).object([] {}).string("x"); });
                  w.key("inner").object([&] { w.member("k", "v"s); });
                  w.member("last", 'c' == 'c');
              });
          }) == R"({"text":"t","int":-1,"big":18446744073709551615,"real":0.5,"yes":true,"none":null,)"
                R"("list":[1,[],{},"x"],"inner":{"k":"v"},"last":true})");
}

TEST_CASE("json writer: appends to what is there") {
    std::string text = "data: ";
    json::writer{text}.int64(1);
    CHECK(text == "data: 1");
}

TEST_CASE("json writer: strings are escaped") {
    CHECK(escaped("") == "\"\"");
    CHECK(escaped("a/b") == "\"a/b\"");
    CHECK(escaped("\"\\") == R"("\"\\")");
    CHECK(escaped("\n\r\t\b\f\x1f\0"sv) == R"("\n\r\t\b\f\u001f\u0000")");
    CHECK(escaped("\x7f") == "\"\x7f\"");
    CHECK(escaped("é€😀") == "\"é€😀\"");
}

TEST_CASE("json writer: bytes that are not UTF-8 become U+FFFD") {
    CHECK(escaped("a\xFF"
                  "b") == "\"a\uFFFDb\"");
    CHECK(escaped("\xC3") == "\"\uFFFD\"");
    CHECK(escaped("\xC0\xAF") == "\"\uFFFD\uFFFD\"");
    CHECK(escaped("\xE2\x82") == "\"\uFFFD\"");
    CHECK(escaped("\xE2\x82\"") == "\"\uFFFD\\\"\"");
    CHECK(escaped("\xED\xA0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");
    CHECK(escaped("\xF4\x90\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
    CHECK(escaped("\xF0\x9F\x98") == "\"\uFFFD\"");
}

TEST_CASE("json writer: doubles are short and read back the same") {
    auto const real = [](double d) { return written([&](json::writer& w) { w.real(d); }); };
    CHECK(real(0.1) == "0.1");
    CHECK(real(1e300) == "1e+300");
    CHECK(real(std::numeric_limits<double>::infinity()) == "null");
    CHECK(real(std::nan("")) == "null");

    auto const seed = unisono::test::seed();
    CAPTURE(seed);
    unisono::seeded_random random{seed};
    for (int i = 0; i < 10'000; ++i) {
        auto const number = std::bit_cast<double>(random.next());
        if (!std::isfinite(number))
            continue;
        auto const parsed = json::parse(real(number));
        REQUIRE(parsed);
        CHECK(parsed->root().as_double() == number);
    }
}

TEST_CASE("json writer: raw text stays on one line") {
    CHECK(written([](json::writer& w) {
              w.object([&] { w.key("a").raw("{\r\n \"b\": 1\n}").key("c").raw("2"); });
          }) == "{\"a\":{   \"b\": 1 },\"c\":2}");
}

TEST_CASE("json writer: any string reads back, invalid bytes aside") {
    auto const seed = unisono::test::seed();
    CAPTURE(seed);
    unisono::seeded_random random{seed};
    constexpr std::string_view pieces[] = {"a", "\"", "\\", "\n",   "\x01",     "\0"sv,
                                           "é", "€",  "😀",  "\x80", "\xF0\x9F", "\xFF"};
    for (int round = 0; round < 5'000; ++round) {
        std::string text;
        bool valid = true;
        for (auto n = random.below(8); n > 0; --n) {
            auto const which = random.below(std::size(pieces));
            text += pieces[which];
            valid &= which < 9;
        }
        auto const parsed = json::parse(escaped(text));
        REQUIRE(parsed);
        if (valid)
            CHECK(parsed->root().as_string() == text);
    }
}
