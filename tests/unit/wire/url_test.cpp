#include <unisono/wire/error.hpp>
#include <unisono/wire/url.hpp>

#include "support/catch.hpp"

#include <string_view>

using unisono::decode_path;
using unisono::find_query_parameter;
using unisono::parse_query;
using unisono::percent_decode;
using unisono::wire_error;

TEST_CASE("percent-encoding is undone once") {
    CHECK(*percent_decode("") == "");
    CHECK(*percent_decode("a+b") == "a+b");
    CHECK(*percent_decode("%41%6a%6A") == "Ajj");
    CHECK(*percent_decode("%2541") == "%41");
    CHECK(percent_decode("%ff%00")->size() == 2);
    for (auto text : {"%", "a%", "%4", "%4g", "%g4", "%%41", "% 41", "%+1", "%u0041"}) {
        CAPTURE(text);
        CHECK(percent_decode(text).error() == wire_error::bad_percent_encoding);
    }
}

TEST_CASE("a path decodes to text") {
    CHECK(*decode_path("/caf%c3%a9") == "/caf\xc3\xa9");
    CHECK(decode_path("/%").error() == wire_error::bad_percent_encoding);
    for (auto path : {"/%00", "/a%0a", "/%1f", "/%7f"})
        CHECK(decode_path(path).error() == wire_error::forbidden_character);
    for (auto path : {"/%ff", "/%c0%ae%c0%ae", "/%ed%a0%80", "/%e2%82"})
        CHECK(decode_path(path).error() == wire_error::invalid_utf8);
}

TEST_CASE("a query holds parameters as forms encode them") {
    auto const parameters = parse_query("a=1&b=two+words&&c&=d&a=%26%3D&e=f=g");
    REQUIRE(parameters.size() == 6);
    CHECK(parameters[0].name == "a");
    CHECK(parameters[0].value == "1");
    CHECK(parameters[1].value == "two words");
    CHECK(parameters[2].name == "c");
    CHECK(parameters[2].value.empty());
    CHECK(parameters[3].name.empty());
    CHECK(parameters[3].value == "d");
    CHECK(parameters[4].value == "&=");
    CHECK(parameters[5].value == "f=g");
    CHECK(parse_query("").empty());
}

TEST_CASE("a parameter that does not decode is not there") {
    CHECK(parse_query("a=%&%=b&c=%ff&d=1").size() == 1);
    CHECK_FALSE(find_query_parameter("a=%zz", "a"));
    CHECK(find_query_parameter("a=%zz&a=2&a=3", "a") == "2");
    CHECK(find_query_parameter("%61=1", "a") == "1");
    CHECK_FALSE(find_query_parameter("aa=1", "a"));
}
