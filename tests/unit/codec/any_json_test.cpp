#include <unisono/codec/any_json.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_any.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <cmath>
#include <limits>
#include <string>

using unisono::any_array;
using unisono::any_object;
using unisono::any_value;
using unisono::codec_error;

namespace {

std::string json(any_value const& value) {
    std::string text;
    auto const written = unisono::append_json(text, value);
    return written ? text : written.error().message();
}

std::error_code problem(std::string_view text) {
    return unisono::parse_any_json(text).error();
}

} // namespace

TEST_CASE("JSON is what JSON.stringify makes of the value") {
    CHECK(json(nullptr) == "null");
    CHECK(json(true) == "true");
    CHECK(json("\"\\/\b\f\n\r\t\x01\x7f\xe2\x80\xa8\xf0\x9f\x98\x80") ==
          "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\xe2\x80\xa8\xf0\x9f\x98\x80\"");
    CHECK(json(any_array{}) == "[]");
    CHECK(json(any_object{}) == "{}");
    CHECK(json(any_array{1, any_array{any_object{}, "x"}, any_object{{"b", false}, {"a", any_array{}}}}) ==
          R"([1,[{},"x"],{"b":false,"a":[]}])");
    CHECK(json(any_object{{"b", 1}, {"7", 2}, {"\"", 3}}) == R"({"7":2,"b":1,"\"":3})");
}

TEST_CASE("what JSON lacks becomes what JSON.stringify makes of it") {
    any_value const undefined;
    CHECK(json(any_array{undefined, 1, undefined}) == "[null,1,null]");
    CHECK(json(any_object{{"a", undefined}, {"b", 1}, {"c", undefined}}) == R"({"b":1})");
    CHECK(json(any_object{{"a", undefined}}) == "{}");
    CHECK(json(any_array{any_object{{"a", undefined}}, 2}) == "[{},2]");
    CHECK(json(std::nan("")) == "null");
    CHECK(json(any_array{std::numeric_limits<double>::infinity()}) == "[null]");
    CHECK(json(unisono::test::from_hex("00ff07")) == R"({"0":0,"1":255,"2":7})");
    CHECK(json(any_array{unisono::byte_buffer{}, 1}) == "[{},1]");

    for (any_value const& value :
         {undefined, any_value::bigint(1), any_value{any_array{any_value::bigint(1)}}}) {
        std::string text = "before";
        CHECK(unisono::append_json(text, value).error() == codec_error::wrong_type);
        CHECK(text == "before");
    }
}

TEST_CASE("numbers are printed as JavaScript prints them") {
    CHECK(json(0) == "0");
    CHECK(json(-0.0) == "0");
    CHECK(json(-17) == "-17");
    CHECK(json(0.1) == "0.1");
    CHECK(json(-1.5) == "-1.5");
    CHECK(json(123456789.125) == "123456789.125");
    CHECK(json(100) == "100");
    CHECK(json(9007199254740993.0) == "9007199254740992");
    CHECK(json(1e20) == "100000000000000000000");
    CHECK(json(123456789012345680000.0) == "123456789012345680000");
    CHECK(json(1e21) == "1e+21");
    CHECK(json(1.5e300) == "1.5e+300");
    CHECK(json(0.000001) == "0.000001");
    CHECK(json(0.00000123) == "0.00000123");
    CHECK(json(1e-7) == "1e-7");
    CHECK(json(-1.25e-7) == "-1.25e-7");
    CHECK(json(5e-324) == "5e-324");
    CHECK(json(1.7976931348623157e308) == "1.7976931348623157e+308");
}

TEST_CASE("JSON is read as JSON.parse does") {
    auto parsed = [](std::string_view text) {
        INFO(text);
        return unisono::parse_any_json(text).value();
    };
    CHECK(parsed("null").is_null());
    CHECK(parsed(" [ 1 , [ ] , { } , { \"a\" : [ true ] } , false ] ") ==
          any_array{1, any_array{}, any_object{}, any_object{{"a", any_array{true}}}, false});
    CHECK(parsed(R"({"b":1.0,"a":2e0,"1":"\u0041\ud83d\ude00"})") ==
          any_object{{"1", "A\xf0\x9f\x98\x80"}, {"b", 1}, {"a", 2}});
    CHECK(parsed(R"({"a":1,"b":2,"a":3})") == any_object{{"a", 3}, {"b", 2}});
    CHECK(std::signbit(*parsed("-0").as_number()));
    CHECK(parsed("1e-400").as_number() == 0.0);
    CHECK(parsed("-0.1").as_number() == -0.1);
}

TEST_CASE("half a surrogate pair in JSON becomes U+FFFD") {
    auto text = [](std::string_view json) {
        INFO(json);
        return std::string{unisono::parse_any_json(json).value().as_string().value()};
    };
    constexpr auto replacement = "\xef\xbf\xbd";
    CHECK(text(R"("\ud83d")") == replacement);
    CHECK(text(R"("\uDE00x")") == std::string{replacement} + "x");
    CHECK(text(R"("\ud83d\ud83d\ude00")") == std::string{replacement} + "\xf0\x9f\x98\x80");
    CHECK(text(R"("\ud83d\\ude00")") == std::string{replacement} + "\\ude00");
    CHECK(text(R"("\\ud83d")") == "\\ud83d");
    CHECK(problem(R"("\ud8")") == codec_error::invalid_json);
    CHECK(problem(R"("\ud83)") == codec_error::invalid_json);
}

TEST_CASE("what is no JSON is refused") {
    CHECK(problem("") == codec_error::invalid_json);
    CHECK(problem("undefined") == codec_error::invalid_json);
    CHECK(problem("{\"a\":}") == codec_error::invalid_json);
    CHECK(problem("-1e400") == codec_error::number_overflow);
    CHECK(problem("1 2") == codec_error::trailing_bytes);
    CHECK(problem("\"\xff\"") == codec_error::invalid_utf8);
    CHECK_FALSE(problem(std::string(64, '[') + std::string(64, ']')));
    CHECK(problem(std::string(65, '[') + std::string(65, ']')) == codec_error::too_deep);
    CHECK(problem(std::string(1'000'000, '[')) == codec_error::too_deep);
    std::string deep;
    any_value value = 1;
    for (std::size_t i = 0; i < unisono::lib0_max_depth; ++i)
        value = any_array{std::move(value)};
    CHECK(unisono::append_json(deep, value));
    CHECK(unisono::append_json(deep, any_array{value}).error() == codec_error::too_deep);
}
