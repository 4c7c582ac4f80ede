#include <unisono/wire/http_headers.hpp>

#include "support/catch.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

using unisono::http_headers;
using namespace std::string_view_literals;

TEST_CASE("header names ignore case and keep their order") {
    http_headers headers{{"Accept", "a"}, {"X-One", "1"}, {"accept", "b"}};
    CHECK(headers.get("ACCEPT") == "a");
    CHECK(headers.count("Accept") == 2);
    CHECK(headers.get("missing").empty());
    CHECK_FALSE(headers.contains("missing"));
    CHECK(headers.sole("x-one") == "1");
    CHECK_FALSE(headers.sole("Accept"));
    CHECK_FALSE(headers.sole("missing"));

    headers.set("ACCEPT", "c");
    CHECK(headers.count("accept") == 1);
    CHECK((*headers.begin()).name == "X-One");
    headers.remove("x-one");
    CHECK(headers.size() == 1);
}

TEST_CASE("a field may be set from what it holds") {
    std::string const text = "a value too long for a small string";
    http_headers headers{{"X-A-Rather-Long-Name", text}};
    auto const first = [&] { return *headers.begin(); };
    headers.set(first().name, first().value);
    CHECK(headers.size() == 1);
    CHECK(headers.get("x-a-rather-long-name") == text);
    for (int i = 0; i < 100; ++i) // through every growth
        headers.add(first().name, first().value);
    CHECK(headers.size() == 101);
    for (auto const field : headers) {
        CHECK(field.name == "X-A-Rather-Long-Name");
        CHECK(field.value == text);
    }
    headers.remove(first().name);
    CHECK(headers.empty());
}

TEST_CASE("missing fields are added with all their values, others stay as they are") {
    http_headers headers{{"Content-Type", "text/plain"}};
    headers.add_missing({{"content-type", "text/html"}, {"Set-Cookie", "a=1"}, {"set-cookie", "b=2"}});
    CHECK(headers.get("Content-Type") == "text/plain");
    CHECK(headers.count("Set-Cookie") == 2);
    CHECK(headers.size() == 3);
    headers.add_missing(http_headers{headers});
    CHECK(headers.size() == 3);
}

TEST_CASE("tokens are found in lists over several fields") {
    http_headers const headers{
        {"Connection", "keep-alive ,\tUpgrade"}, {"connection", ", close"}, {"X", "upgrade"}};
    CHECK(headers.has_token("Connection", "upgrade"));
    CHECK(headers.has_token("Connection", "KEEP-ALIVE"));
    CHECK(headers.has_token("Connection", "close"));
    CHECK_FALSE(headers.has_token("Connection", "up"));
    CHECK_FALSE(headers.has_token("Connection", "x-upgrade"));
    CHECK_FALSE(headers.has_token("Y", "upgrade"));
}

TEST_CASE("all fields of one name are one list") {
    http_headers h{{"Via", "a"}, {"Host", "x"}, {"via", "b, c"}};
    CHECK(h.combined("VIA") == "a, b, c");
    CHECK(h.combined("None").empty());
}

TEST_CASE("threat A9: nothing that could split a response gets into the headers") {
    http_headers headers{{"X", "kept"}};
    for (auto value : {"a\rb"sv, "a\nb"sv, "a\r\nSet-Cookie: x"sv, "a\0b"sv, "\x1b[31m"sv, "a\x7f"sv}) {
        CHECK_THROWS_AS(headers.set("X", value), std::invalid_argument);
        CHECK_THROWS_AS(headers.add("X", value), std::invalid_argument);
        CHECK_FALSE(headers.try_add("X", value));
    }
    for (auto name : {""sv, "a b"sv, "a:"sv, "a\r\nb"sv, "a\0"sv, "\xc3\xa9"sv})
        CHECK_THROWS_AS(headers.set(name, "v"), std::invalid_argument);
    CHECK(headers.size() == 1);
    CHECK(headers.get("X") == "kept");
}

TEST_CASE("threat A9: a control character is found wherever it stands in a value") {
    for (int byte = 0; byte < 256; ++byte) {
        auto const c = static_cast<char>(byte);
        bool const allowed = c == '\t' || (byte >= 0x20 && byte != 0x7f);
        for (std::size_t place = 0; place < 19; ++place)
            for (char around : {'a', '\x80', '\xff'}) {
                std::string value(19, around);
                value[place] = c;
                http_headers headers;
                CAPTURE(byte, place, around);
                REQUIRE(headers.try_add("X", value) == allowed);
            }
    }
}
