#include "http_parsing.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>

using unisono::as_bytes;
using unisono::http_limits;
using unisono::http_parse_status;
using unisono::http_request_parser;
using unisono::http_status;
using unisono::wire_error;

namespace {

std::string repeat(std::string_view text, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i)
        result += text;
    return result;
}

} // namespace

TEST_CASE("a request is read alike however it is cut") {
    auto const seen = http_parsing::parse_every_way("GET /caf%C3%A9/a%2Fb?q=1%202 HTTP/1.1\r\n"
                                                    "Host: example.org:8080\r\n"
                                                    "Accept:text/html\r\n"
                                                    "X-Name: \t caf\xc3\xa9 \t\r\n"
                                                    "X-Empty:\r\n"
                                                    "\r\n");
    REQUIRE_FALSE(seen.error);
    REQUIRE(seen.requests.size() == 1);
    auto const& request = seen.requests[0];
    CHECK(request.method == "GET");
    CHECK(request.target == "/caf%C3%A9/a%2Fb?q=1%202");
    CHECK(request.path == "/caf\xc3\xa9/a/b");
    CHECK(request.query == "q=1%202");
    CHECK(request.minor_version == 1);
    CHECK(request.headers.size() == 4);
    CHECK(request.headers.get("host") == "example.org:8080");
    CHECK(request.headers.get("ACCEPT") == "text/html");
    CHECK(request.headers.get("x-name") == "caf\xc3\xa9");
    CHECK(request.headers.contains("x-empty"));
    CHECK(request.body.empty());
}

TEST_CASE("the path is decoded once") {
    auto const seen = http_parsing::parse({"GET /%252e%252e/%2e?%41 HTTP/1.1\r\nHost: a\r\n\r\n"});
    REQUIRE(seen.requests.size() == 1);
    CHECK(seen.requests[0].path == "/%2e%2e/.");
    CHECK(seen.requests[0].query == "%41");
}

TEST_CASE("hosts are names, addresses and ports") {
    for (std::string host :
         {"a", "a.example", "my_container:1", "127.0.0.1:65535", "[::1]", "[::1]:80", "A-b.C"}) {
        CAPTURE(host);
        CHECK(http_parsing::parse({"GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"}).requests.size() == 1);
    }
}

TEST_CASE("OPTIONS may ask about the whole server") {
    auto const seen = http_parsing::parse_every_way("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    REQUIRE(seen.requests.size() == 1);
    CHECK(seen.requests[0].path == "*");
}

TEST_CASE("HTTP/1.0 needs no Host") {
    auto const seen = http_parsing::parse_every_way("GET / HTTP/1.0\r\n\r\n");
    REQUIRE(seen.requests.size() == 1);
    CHECK(seen.requests[0].minor_version == 0);
}

TEST_CASE("bodies come with a length or in chunks") {
    auto const seen =
        http_parsing::parse_every_way("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0005\r\n\r\nhello"
                                      "POST /b HTTP/1.0\r\nContent-Length: 2\r\n\r\n\r\n"
                                      "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                                      "5\r\nhello\r\n00A\r\n, \r\n world\r\n0\r\n\r\n"
                                      "POST /d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                      "000\r\n\r\n"
                                      "GET /e HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                                      "POST /f HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_FALSE(seen.error);
    REQUIRE(seen.requests.size() == 6);
    CHECK(seen.requests[0].body == "hello");
    CHECK(seen.requests[1].body == "\r\n");
    CHECK(seen.requests[2].body == "hello, \r\n world");
    CHECK(seen.requests[3].body.empty());
    CHECK(seen.requests[4].body.empty());
    CHECK(seen.requests[5].path == "/f");
}

TEST_CASE("what follows a request belongs to the caller") {
    // After an upgrade it is no HTTP any more.
    std::string const upgrade =
        "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    http_request_parser parser;
    auto const [consumed, status] = parser.feed(as_bytes(upgrade + "\x81\x80"));
    CHECK(status == http_parse_status::complete);
    CHECK(consumed == upgrade.size());
    CHECK(parser.feed(as_bytes("more")).consumed == 0);
    CHECK(parser.take().path == "/ws");
}

TEST_CASE("a parser at rest knows it") {
    http_request_parser parser;
    CHECK(parser.idle());
    CHECK(parser.feed({}).status == http_parse_status::need_more);
    CHECK(parser.idle());
    CHECK(parser.feed(as_bytes("G")).status == http_parse_status::need_more);
    CHECK_FALSE(parser.idle());
    CHECK(parser.feed(as_bytes("ET / HTTP/1.1\r\nHost: a\r\n\r\n")).status == http_parse_status::complete);
    CHECK_FALSE(parser.idle());
    (void)parser.take();
    CHECK(parser.idle());
}

TEST_CASE("the head is told before the body to a client that waits") {
    std::string const head =
        "POST /up HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    http_request_parser parser;
    auto const [consumed, status] = parser.feed(as_bytes(head + "hi"));
    CHECK(status == http_parse_status::expects_continue);
    CHECK(consumed == head.size());
    CHECK(parser.request().path == "/up");
    CHECK(parser.feed(as_bytes("h")).status == http_parse_status::need_more);
    CHECK(parser.feed(as_bytes("i")).status == http_parse_status::complete);
    CHECK(parser.take().body == "hi");

    CHECK(http_parsing::parse_every_way(head + "hi" + head + "ho").continues == 2);
    CHECK(http_parsing::parse_every_way("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                                        "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n")
              .continues == 1);
}

TEST_CASE("nobody waits where there is nothing to wait for") {
    auto const bodyless = http_parsing::parse({"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"});
    CHECK(bodyless.requests.size() == 1);
    CHECK(bodyless.continues == 0);
    auto const old = http_parsing::parse({"POST / HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\nx"});
    CHECK(old.requests.size() == 1);
    CHECK(old.continues == 0);
}

TEST_CASE("a body over the limit is refused before the client is asked to send it") {
    auto const seen = http_parsing::parse_every_way("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                                                    "Content-Length: 1048577\r\n\r\n");
    CHECK(seen.error == wire_error::body_too_large);
    CHECK(seen.continues == 0);
}

TEST_CASE("threat A6: a request line may reach its limit and no further") {
    http_limits const limits{.request_line = 40};
    std::string const rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
    std::string const fits = "GET /" + std::string(40 - 14, 'a');
    CHECK(http_parsing::parse_every_way(fits + rest, limits).requests.size() == 1);
    auto const over = http_parsing::parse_every_way(fits + 'a' + rest, limits);
    CHECK(over.error == wire_error::line_too_long);
    CHECK(http_status(over.error) == 414);
    CHECK(http_parsing::parse_every_way(std::string(100, 'a'), limits).error == wire_error::line_too_long);

    std::string const at_default = "GET /" + std::string(8192 - 14, 'a');
    CHECK(http_parsing::parse({at_default + rest}).requests.size() == 1);
    CHECK(http_parsing::parse({at_default + 'a' + rest}).error == wire_error::line_too_long);
}

TEST_CASE("threat A6: the header section may reach its limit and no further") {
    http_limits const limits{.header_bytes = 40};
    auto const request = [](std::size_t header_bytes) {
        return "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(header_bytes - 16, 'x') + "\r\n\r\n";
    };
    CHECK(http_parsing::parse_every_way(request(40), limits).requests.size() == 1);
    auto const over = http_parsing::parse_every_way(request(41), limits);
    CHECK(over.error == wire_error::headers_too_large);
    CHECK(http_status(over.error) == 431);
    CHECK(http_parsing::parse({request(16384)}).requests.size() == 1);
    CHECK(http_parsing::parse({request(16385)}).error == wire_error::headers_too_large);
}

TEST_CASE("threat A6: sixty-four fields pass and the next does not") {
    auto const request = [](std::size_t fields) {
        return "GET / HTTP/1.1\r\nHost: a\r\n" + repeat("X: y\r\n", fields - 1) + "\r\n";
    };
    CHECK(http_parsing::parse_every_way(request(64)).requests.size() == 1);
    auto const over = http_parsing::parse_every_way(request(65));
    CHECK(over.error == wire_error::headers_too_large);
    CHECK(http_status(over.error) == 431);
}

TEST_CASE("threat A6: a body may reach its limit and no further, in either form") {
    http_limits const limits{.body = 16};
    auto const sized = [](std::size_t size) {
        return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
               std::string(size, 'x');
    };
    CHECK(http_parsing::parse_every_way(sized(16), limits).requests.size() == 1);
    CHECK(http_parsing::parse_every_way(sized(17), limits).error == wire_error::body_too_large);

    std::string const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string const fifteen = "f\r\n" + std::string(15, 'x') + "\r\n";
    CHECK(http_parsing::parse_every_way(head + fifteen + "1\r\nx\r\n0\r\n\r\n", limits).requests.size() == 1);
    auto const over = http_parsing::parse_every_way(head + fifteen + "2\r\nxx\r\n0\r\n\r\n", limits);
    CHECK(over.error == wire_error::body_too_large);
    CHECK(http_status(over.error) == 413);
}

TEST_CASE("threat A6: an announced length takes no memory") {
    http_request_parser parser({.body = std::size_t{1} << 40});
    auto const fed =
        parser.feed(as_bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1099511627776\r\n\r\nx"));
    CHECK(fed.status == http_parse_status::need_more);
    CHECK(parser.request().body.capacity() < 64);
}
