#include <unisono/core/bytes.hpp>
#include <unisono/wire/http_chunk.hpp>
#include <unisono/wire/http_date.hpp>
#include <unisono/wire/http_response.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

using unisono::encode_head;
using unisono::http_framing;
using unisono::http_response;
using unisono::payload;

TEST_CASE("a head tells the status, the fields and the length") {
    http_response const response{
        200, {{"X-One", "1"}, {"Set-Cookie", "a"}, {"Set-Cookie", "b"}}, payload("hello")};
    CHECK(encode_head(response, {.date = "Sun, 06 Nov 1994 08:49:37 GMT"}).text() ==
          "HTTP/1.1 200 OK\r\n"
          "X-One: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
          "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          "Content-Length: 5\r\n"
          "\r\n");
    CHECK(encode_head({.status = 299}).text() == "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a head says when the connection ends") {
    CHECK(encode_head({}, {.close = true}).text() ==
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    CHECK(encode_head({}, {.minor_version = 0}).text() ==
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("an offer to upgrade is for this connection") {
    http_response const response{426, {{"Upgrade", "websocket"}}, {}};
    CHECK(encode_head(response).text() == "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n"
                                          "Content-Length: 0\r\nConnection: upgrade\r\n\r\n");
    CHECK(encode_head(response, {.close = true}).text().ends_with("Connection: close, upgrade\r\n\r\n"));
}

TEST_CASE("a stream has chunks or lasts as long as the connection") {
    CHECK(encode_head({}, {.framing = http_framing::chunked}).text() ==
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    CHECK(encode_head({}, {.framing = http_framing::until_close, .minor_version = 0}).text() ==
          "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST_CASE("a status that has no body announces none") {
    for (int status : {204, 304}) {
        for (auto framing : {http_framing::content_length, http_framing::chunked}) {
            auto const head = encode_head({.status = status}, {.framing = framing});
            CHECK(head.text().find("Content-Length") == std::string_view::npos);
            CHECK(head.text().find("Transfer-Encoding") == std::string_view::npos);
        }
        CHECK_FALSE(unisono::has_body(status, "GET"));
    }
    CHECK_FALSE(unisono::has_body(101, "GET"));
    CHECK_FALSE(unisono::has_body(200, "HEAD"));
    CHECK(unisono::has_body(200, "GET"));
    CHECK(unisono::has_body(404, "POST"));
}

TEST_CASE("a response that would lie about itself is a mistake of the program") {
    for (auto name : {"content-length", "Transfer-Encoding", "CONNECTION", "Date"}) {
        http_response response;
        response.headers.set(name, "1");
        CHECK_THROWS_AS(encode_head(response), std::invalid_argument);
    }
    CHECK_THROWS_AS(encode_head({}, {.date = "x\r\nSet-Cookie: y"}), std::invalid_argument);
    for (int status : {0, 99, 101, 199, 600, -200})
        CHECK_THROWS_AS(encode_head({.status = status}), std::invalid_argument);
}

TEST_CASE("small responses are made in one call") {
    auto const text = unisono::text_response("hi");
    CHECK(text.status == 200);
    CHECK(text.headers.get("content-type") == "text/plain; charset=utf-8");
    CHECK(text.body.text() == "hi");
    auto const json = unisono::json_response("{}", 201);
    CHECK(json.status == 201);
    CHECK(json.headers.get("content-type") == "application/json");
    auto const error = unisono::error_response(431);
    CHECK(error.body.text() == "431 Request Header Fields Too Large\n");
    CHECK(error.headers.get("x-content-type-options") == "nosniff");
    CHECK(unisono::error_response(599).body.text() == "599\n");
}

TEST_CASE("a chunk carries its size in hexadecimal") {
    CHECK(unisono::encode_chunk(unisono::as_bytes("0123456789abcdef!")).text() ==
          "11\r\n0123456789abcdef!\r\n");
    CHECK(unisono::encode_chunk({}).empty());
    CHECK(unisono::http_chunk_head(10).text() == "a\r\n");
    CHECK(unisono::http_chunk_head(SIZE_MAX).text() == std::string(2 * sizeof(std::size_t), 'f') + "\r\n");
}

TEST_CASE("a date is written as HTTP wants it") {
    using namespace std::chrono_literals;
    CHECK(unisono::http_date(784111777s) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(unisono::http_date(0ms) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(unisono::http_date(951782399999ms) == "Mon, 28 Feb 2000 23:59:59 GMT");
    CHECK(unisono::http_date(951782400s) == "Tue, 29 Feb 2000 00:00:00 GMT");
    CHECK(unisono::http_date(-1ms) == "Wed, 31 Dec 1969 23:59:59 GMT");
}
