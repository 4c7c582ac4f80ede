#include <unisono/codec/json_document.hpp>
#include <unisono/core/random.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace std::literals;
namespace json = unisono::json;
using unisono::codec_error;

namespace {

/// Every value's raw text parses to a value of the same type, size and raw text.
void check_slices(json::value v) {
    auto again = json::parse(v.raw());
    REQUIRE(again);
    json::value const copy = again->root();
    CHECK(copy.raw() == v.raw());
    CHECK(copy.size() == v.size());
    CHECK(copy.as_string() == v.as_string());
    CHECK(copy.as_double() == v.as_double());
    for (json::value element : v.elements())
        check_slices(element);
    for (auto const& [key, value] : v.members()) {
        CHECK(v[key].exists());
        check_slices(value);
    }
}

} // namespace

TEST_CASE("json: texts of RFC 8259 are accepted") {
    auto const text = GENERATE(values<std::string_view>({
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1",
        "123",
        "1.5",
        "1E22",
        "1e-2",
        "1e+2",
        "0.1e1",
        "-0.0",
        "1e-400",
        "9007199254740993",
        "18446744073709551616",
        "\"\"",
        "\"a\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\"",
        "\"\\u00e9\\uD83D\\uDE00\"",
        "\"\\uFFFF\\uFDD0\"",
        "\"\x7f\"",
        "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF\"",
        "\"\xE2\x80\xA8\xE2\x80\xA9\"",
        "[]",
        "[ ]",
        "[1]",
        "[1,2 , 3]",
        "[[],[[]]]",
        "[null,true,\"x\",{},[]]",
        "{}",
        "{ }",
        "{\"a\":1}",
        "{\"\":0}",
        "{\"a\":{\"a\":{\"a\":1}}}",
        "{\"a\":[{\"b\":1},{\"b\":2}]}",
        "{\"\\u0061\":1,\"b\":2}",
        " \t\r\n{ \"a\" : [ 1 ] } \n",
    }));
    INFO(text);
    auto parsed = json::parse(text);
    REQUIRE(parsed);
    check_slices(parsed->root());
}

TEST_CASE("json: other texts are refused") {
    struct row {
        std::string_view text;
        codec_error error;
    };
    auto const [text, error] = GENERATE(values<row>({
        {"", codec_error::invalid_json},
        {" ", codec_error::invalid_json},
        {"nul", codec_error::invalid_json},
        {"True", codec_error::invalid_json},
        {"nulll", codec_error::trailing_bytes},
        {"undefined", codec_error::invalid_json},
        {"NaN", codec_error::invalid_json},
        {"Infinity", codec_error::invalid_json},
        {"-Infinity", codec_error::invalid_json},
        {"-", codec_error::invalid_json},
        {"+1", codec_error::invalid_json},
        {"01", codec_error::trailing_bytes},
        {"-01", codec_error::trailing_bytes},
        {".5", codec_error::invalid_json},
        {"1.", codec_error::invalid_json},
        {"1.e1", codec_error::invalid_json},
        {"1e", codec_error::invalid_json},
        {"1e+", codec_error::invalid_json},
        {"0x10", codec_error::trailing_bytes},
        {"1 2", codec_error::trailing_bytes},
        {"1e400", codec_error::number_overflow},
        {"1e-2147483639", codec_error::too_large},
        {"1.00000000000000000001e-2147483639", codec_error::too_large},
        {"1e00001", codec_error::too_large},
        {"12345678901234567890123456789012345678901", codec_error::too_large},
        {"\"", codec_error::invalid_json},
        {"\"a", codec_error::invalid_json},
        {"\"\\\"", codec_error::invalid_json},
        {"'a'", codec_error::invalid_json},
        {"\"\\x41\"", codec_error::invalid_json},
        {"\"\\a\"", codec_error::invalid_json},
        {"\"\\u12\"", codec_error::invalid_json},
        {"\"\\u12G4\"", codec_error::invalid_json},
        {"\"\n\"", codec_error::invalid_json},
        {"\"\t\"", codec_error::invalid_json},
        {"\"a\0b\""sv, codec_error::invalid_json},
        {"1\0"sv, codec_error::trailing_bytes},
        {"1\0 2"sv, codec_error::trailing_bytes},
        {"\0"sv, codec_error::invalid_json},
        {"\"\xFF\"", codec_error::invalid_utf8},
        {"\"\xC0\xAF\"", codec_error::invalid_utf8},
        {"\"\xE0\x80\xAF\"", codec_error::invalid_utf8},
        {"\"\xED\xA0\x80\"", codec_error::invalid_utf8},
        {"\"\xF4\x90\x80\x80\"", codec_error::invalid_utf8},
        {"\"\xE2\x82\"", codec_error::invalid_utf8},
        {"\"\x80\"", codec_error::invalid_utf8},
        {"\"\\uD800\"", codec_error::invalid_utf8},
        {"\"\\uD800\\u0041\"", codec_error::invalid_utf8},
        {"\"\\uD800x\"", codec_error::invalid_utf8},
        {"\"\\uDC00\"", codec_error::invalid_utf8},
        {"\"x\\uDFFF\"", codec_error::invalid_utf8},
        {"\xEF\xBB\xBF{}", codec_error::invalid_json},
        {"[", codec_error::invalid_json},
        {"]", codec_error::invalid_json},
        {"[1", codec_error::invalid_json},
        {"[1,", codec_error::invalid_json},
        {"[1,]", codec_error::invalid_json},
        {"[,1]", codec_error::invalid_json},
        {"[1 2]", codec_error::invalid_json},
        {"[1}", codec_error::invalid_json},
        {"[1]]", codec_error::trailing_bytes},
        {"{", codec_error::invalid_json},
        {"{\"a\"}", codec_error::invalid_json},
        {"{\"a\":}", codec_error::invalid_json},
        {"{\"a\":1,}", codec_error::invalid_json},
        {"{a:1}", codec_error::invalid_json},
        {"{1:1}", codec_error::invalid_json},
        {"{\"a\" 1}", codec_error::invalid_json},
        {"{\"a\":1]", codec_error::invalid_json},
        {"{\"a\":1 \"b\":2}", codec_error::invalid_json},
        {"{}}", codec_error::trailing_bytes},
        {"// x\n1", codec_error::invalid_json},
        {"[1/**/]", codec_error::invalid_json},
        {"[1,\f2]", codec_error::invalid_json},
        {"[\xC2\xA0]", codec_error::invalid_json},
        {"{\"a\":1,\"a\":1}", codec_error::duplicate_key},
        {"{\"a\":1,\"b\":{},\"\\u0061\":1}", codec_error::duplicate_key},
        {"[{\"x\":[{}],\"y\":0,\"x\":[]}]", codec_error::duplicate_key},
    }));
    INFO(text);
    auto parsed = json::parse(text);
    CHECK(parsed.error() == error);
}

TEST_CASE("json: values answer for their type and for no other") {
    auto const parsed =
        json::parse(R"({"s":"a\nb","n":-12,"d":1.5,"t":true,"z":null,"a":[10,[20],30],"o":{"k":"v"}})");
    REQUIRE(parsed);
    json::value const v = parsed->root();
    REQUIRE(v.is_object());
    CHECK(v.size() == 7);
    CHECK(v["s"].as_string() == "a\nb");
    CHECK(v["s"].raw() == "\"a\\nb\"");
    CHECK(v["n"].as_int64() == -12);
    CHECK(v["n"].as_double() == -12.0);
    CHECK(v["d"].as_double() == 1.5);
    CHECK_FALSE(v["d"].as_int64());
    CHECK(v["t"].as_bool() == true);
    CHECK(v["z"].is_null());
    CHECK(v["a"].size() == 3);
    CHECK(v["a"][1][0].as_int64() == 20);
    CHECK(v["a"][2].as_int64() == 30);
    CHECK_FALSE(v["a"][3].exists());
    CHECK(v["o"]["k"].as_string() == "v");

    CHECK_FALSE(v["s"].as_int64());
    CHECK_FALSE(v["n"].as_string());
    CHECK_FALSE(v["z"].as_bool());
    CHECK(v["s"].size() == 0);
    CHECK_FALSE(v["a"]["s"].exists());
    CHECK_FALSE(v[0].exists());

    std::string keys;
    for (auto const& [key, value] : v.members())
        keys += key;
    CHECK(keys == "sndtzao");
}

TEST_CASE("json: an absent value is empty in every respect") {
    json::value const absent = json::value{}["a"]["b"];
    CHECK_FALSE(absent.exists());
    CHECK_FALSE(absent.is_null());
    CHECK_FALSE(absent.as_string());
    CHECK_FALSE(absent.as_int64());
    CHECK_FALSE(absent.as_double());
    CHECK_FALSE(absent.as_bool());
    CHECK(absent.size() == 0);
    CHECK(absent.raw().empty());
    CHECK(absent.elements().begin() == absent.elements().end());
    CHECK(absent.members().begin() == absent.members().end());
}

TEST_CASE("json: integers are exact or refused") {
    auto const number = [](std::string_view text) { return json::parse(text)->root().as_int64(); };
    CHECK(number("9007199254740991") == 9007199254740991);
    CHECK(number("-9007199254740991") == -9007199254740991);
    CHECK_FALSE(number("9007199254740992"));
    CHECK_FALSE(number("-9007199254740992"));
    CHECK_FALSE(number("99999999999999999999"));
    CHECK_FALSE(number("1.0"));
    CHECK_FALSE(number("1e3"));
    CHECK(number("-0") == 0);
}

TEST_CASE("json: doubles outside the range become zero or nothing") {
    auto const number = [](std::string_view text) { return json::parse(text)->root().as_double(); };
    CHECK(number("1e-400") == 0.0);
    CHECK(number("-1E-9999") == 0.0);
    CHECK(number("1.7976931348623157e308") == 1.7976931348623157e308);
    CHECK_FALSE(number("1.8e308"));
    CHECK(number("0.1") == 0.1);
}

TEST_CASE("json: strings may hold NUL") {
    auto const parsed = json::parse(R"(["a\u0000b","c"])");
    REQUIRE(parsed);
    CHECK(parsed->root()[0].as_string() == "a\0b"sv);
    CHECK(parsed->root()[1].as_string() == "c");
}

TEST_CASE("json: a document and its copies outlive the text") {
    std::string text = R"({"key":"value"})";
    auto parsed = json::parse(text);
    REQUIRE(parsed);
    text.assign(text.size(), 'x');
    json::document copy = *parsed;
    json::value const v = copy.root();
    parsed = json::parse("1");
    CHECK(v["key"].as_string() == "value");
}

TEST_CASE("json: limits hold exactly") {
    json::limits const small{.size = 20, .depth = 2, .values = 5};
    CHECK(json::parse("\"123456789012345678\"", small));
    CHECK(json::parse("\"1234567890123456789\"", small).error() == codec_error::too_large);
    CHECK(json::parse("[[]]", small));
    CHECK(json::parse("[{},[]]", small));
    CHECK(json::parse("[[[]]]", small).error() == codec_error::too_deep);
    CHECK(json::parse("[\"[[[\"]", small));
    CHECK(json::parse("[1,2,3,4]", small));
    CHECK(json::parse("[1,2,3,4,5]", small).error() == codec_error::too_large);
    CHECK(json::parse("{\"a\":1,\"b\":2}", small));
    CHECK(json::parse("{\"a\":1,\"b\":2,\"c\":3}", small).error() == codec_error::too_large);
}

TEST_CASE("json: nesting costs no stack") {
    std::string const bomb(1'000'000, '[');
    CHECK(json::parse(bomb).error() == codec_error::too_deep);
    json::limits const deep{.size = bomb.size() * 2, .depth = bomb.size(), .values = bomb.size()};
    CHECK(json::parse(bomb, deep).error() == codec_error::invalid_json);
    auto const nested = json::parse(bomb + std::string(bomb.size(), ']'), deep);
    REQUIRE(nested);
    CHECK(nested->root()[0][0][0].raw().size() == 2 * (bomb.size() - 3));
}

TEST_CASE("json: many keys stay fast and the one that repeats is found") {
    std::string text = "{";
    for (int i = 0; i < 100'000; ++i)
        text += "\"a common beginning " + std::to_string(i) + "\":0,";
    json::limits const large{.size = 8 << 20, .values = 300'000};
    CHECK(json::parse(text + "\"z\":0}").error() == codec_error::too_large);
    auto const parsed = json::parse(text + "\"z\":1}", large);
    REQUIRE(parsed);
    CHECK(parsed->root().size() == 100'001);
    CHECK(parsed->root()["z"].as_int64() == 1);
    CHECK(json::parse(text + "\"a common beginning 77\":0}", large).error() == codec_error::duplicate_key);
}

TEST_CASE("json: mutated texts are refused or read consistently") {
    std::vector<std::string> const seeds{
        R"({"type":"publish","id":17,"data":{"text":"h\u00e9llo \ud83d\ude00","n":[1,-2.5e3,0.1],"ok":true},"x":null})",
        R"([[[],{}],"\\\"\/\b\f\n\r\t",[0,-0,1e10,1E-10],{"a":{"b":{"c":[false]}}}])",
    };
    constexpr std::string_view alphabet = "{}[],:\"\\u0019eE+-.tfn \n\x80\xED\xFF";
    auto const seed = unisono::test::seed();
    CAPTURE(seed);
    unisono::seeded_random random{seed};
    for (int round = 0; round < 20'000; ++round) {
        std::string text = seeds[random.below(seeds.size())];
        for (auto edits = random.below(4) + 1; edits > 0; --edits) {
            auto const at = random.below(text.size());
            switch (random.below(3)) {
            case 0:
                text[at] = alphabet[random.below(alphabet.size())];
                break;
            case 1:
                text.insert(at, 1, alphabet[random.below(alphabet.size())]);
                break;
            default:
                text.erase(at, random.below(3) + 1);
                break;
            }
        }
        if (auto const parsed = json::parse(text))
            check_slices(parsed->root());
    }
}
