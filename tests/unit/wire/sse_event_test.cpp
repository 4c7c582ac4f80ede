#include <unisono/wire/error.hpp>
#include <unisono/wire/sse_event.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <string>
#include <string_view>

using unisono::encode_sse;
using unisono::sse_event;
using unisono::wire_error;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

std::string text_of(sse_event const& event) {
    return std::string(encode_sse(event).value().text());
}

} // namespace

TEST_CASE("an event is written field by field and ends in a blank line") {
    std::string const token = "hello";
    CHECK(text_of({.event = "token", .data = token}) == "event: token\ndata: hello\n\n");
    CHECK(text_of({.event = "a", .id = "b", .data = "c", .retry = 1500ms, .comment = "d"}) ==
          ": d\nevent: a\nid: b\nretry: 1500\ndata: c\n\n");
    CHECK(text_of({}).empty());
}

TEST_CASE("data travels line by line, whatever ends its lines") {
    CHECK(text_of({.data = "a\nb"}) == "data: a\ndata: b\n\n");
    CHECK(text_of({.data = "a\r\nb\rc"}) == "data: a\ndata: b\ndata: c\n\n");
    CHECK(text_of({.data = "a\n\r\nb"}) == "data: a\ndata: \ndata: b\n\n");
    CHECK(text_of({.data = "\n"}) == "data: \ndata: \n\n");
    CHECK(text_of({.data = "a\r"}) == "data: a\ndata: \n\n");
    CHECK(text_of({.data = " leading"}) == "data:  leading\n\n");
    CHECK(text_of({.data = "a\0b"sv}) == "data: a\0b\n\n"sv);
}

TEST_CASE("no data is not empty data") {
    CHECK(text_of({.id = "7"}) == "id: 7\n\n");
    CHECK(text_of({.id = "7", .data = ""}) == "id: 7\ndata: \n\n");
    CHECK(text_of({.id = ""}) == "id: \n\n");
}

TEST_CASE("a comment cannot become a field") {
    CHECK(text_of({.comment = "keep\ndata: x\r\nevent: y"}) == ": keep\n: data: x\n: event: y\n\n");
    CHECK(text_of({.comment = ""}) == ": \n\n");
}

TEST_CASE("what would forge a field is refused") {
    for (auto text : {"a\nb"sv, "a\rb"sv, "a\r\ndata: x"sv, "\n"sv, "a\0"sv}) {
        CHECK(encode_sse({.event = text, .data = "x"}).error() == wire_error::forbidden_character);
        CHECK(encode_sse({.id = text, .data = "x"}).error() == wire_error::forbidden_character);
    }
}

TEST_CASE("only valid UTF-8 is written") {
    constexpr auto bad = "\xc3\x28";
    CHECK(encode_sse({.event = bad}).error() == wire_error::invalid_utf8);
    CHECK(encode_sse({.id = bad}).error() == wire_error::invalid_utf8);
    CHECK(encode_sse({.data = bad}).error() == wire_error::invalid_utf8);
    CHECK(encode_sse({.comment = bad}).error() == wire_error::invalid_utf8);
}

TEST_CASE("retry is digits only") {
    CHECK(text_of({.retry = 0ms}) == "retry: 0\n\n");
    CHECK(text_of({.retry = -5ms}) == "retry: 0\n\n");
    CHECK(text_of({.retry = std::chrono::milliseconds::max()}) == "retry: 9223372036854775807\n\n");
}
