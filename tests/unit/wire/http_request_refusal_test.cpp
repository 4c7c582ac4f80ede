#include "http_parsing.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>

using unisono::http_status;
using unisono::wire_error;
using namespace std::string_view_literals;

namespace {

struct refusal {
    std::string_view input;
    wire_error error;
    int status = 400;
};

/// What must never be read as a request. Every row is refused by the grammar, or is read differently by two
/// implementations in use, which is how requests are smuggled.
refusal const battery[] = {
    // Request line
    {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / HTTP/1.1\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / HTTP/1.1\rHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET /\r\n\r\n", wire_error::bad_request_line},
    {"GET\r\n\r\n", wire_error::bad_request_line},
    {"GET / \r\n\r\n", wire_error::bad_request_line},
    {"/ HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"G\0T / HTTP/1.1\r\nHost: a\r\n\r\n"sv, wire_error::bad_request_line},
    {"G\xc3\x89T / HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / http/1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / HTTP/11\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / HTTP/1.10\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / HTTP/1,1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / HTTP/x.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"GET / HTTP /1.1\r\nHost: a\r\n\r\n", wire_error::bad_request_line},
    {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n"sv, wire_error::bad_request_line},
    // Version
    {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", wire_error::unsupported_version, 505},
    {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", wire_error::unsupported_version, 505},
    {"GET / HTTP/1.9\r\nHost: a\r\n\r\n", wire_error::unsupported_version, 505},
    {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", wire_error::unsupported_version, 505},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", wire_error::unsupported_version, 505},
    // Target
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET ?a HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /?\xff HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"sv, wire_error::bad_target},
    {"GET /a\x7f HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /?\x7f HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /% HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /%0d%0a HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /%1b HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    {"GET /%c0%ae HTTP/1.1\r\nHost: a\r\n\r\n", wire_error::bad_target},
    // Host
    {"GET / HTTP/1.1\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: a:\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: a:8o\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", wire_error::bad_host},
    {"GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", wire_error::bad_host},
    // Field lines
    {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nName : v\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nName\t: v\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\n\tfolded: x\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nName\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\n: v\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nN(me: v\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nN\xc3\xa4me: v\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nName: a\0b\r\n\r\n"sv, wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nName: a\x01\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nName: a\x7f\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nName: a\rb\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\nName: a\r\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\nName: v\r\n\r\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\n\n", wire_error::bad_header},
    {"GET / HTTP/1.1\r\nHost: a\r\n\rX\n", wire_error::bad_header},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 1\r\n\r\nx", wire_error::bad_header},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", wire_error::bad_header},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", wire_error::bad_header},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0b"
     "chunked\r\n\r\n0\r\n\r\n",
     wire_error::bad_header},
    // Length of the body
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\nx", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5abc\r\n\r\nxxxxx", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\nx",
     wire_error::body_too_large, 413},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
     wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n", wire_error::bad_framing},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     wire_error::unsupported_coding, 501},
    {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", wire_error::bad_framing},
    // Bodies where none belongs
    {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", wire_error::unexpected_body},
    {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", wire_error::unexpected_body},
    {"HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", wire_error::unexpected_body},
    {"HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", wire_error::unexpected_body},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: "
     "5\r\n\r\nhello",
     wire_error::unexpected_body},
    {"POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: "
     "5\r\n\r\nhello",
     wire_error::unexpected_body},
    {"POST / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     wire_error::unexpected_body},
    // Expectations
    {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\nx",
     wire_error::unmet_expectation, 417},
    {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: "
     "1\r\n\r\nx",
     wire_error::unmet_expectation, 417},
};

/// Bodies that a request with `Transfer-Encoding: chunked` must not have.
refusal const chunk_battery[] = {
    {"1;a=b\r\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"1;\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"1 \r\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {" 1\r\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"\r\n1\r\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"0x1\r\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"+1\r\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"-1\r\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"g\r\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"1\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"1\rx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"1\r\nxXX0\r\n\r\n", wire_error::bad_chunk},
    {"1\r\nx\n0\r\n\r\n", wire_error::bad_chunk},
    {"1\r\nx\r0\r\n\r\n", wire_error::bad_chunk},
    {"1\r\nxy\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"00000000000000001\r\nx\r\n0\r\n\r\n", wire_error::bad_chunk},
    {"0\r\nTrailer: x\r\n\r\n", wire_error::bad_chunk},
    {"0\r\nContent-Length: 5\r\n\r\nhello", wire_error::bad_chunk},
    {"0\r\n\n", wire_error::bad_chunk},
    {"0\n\n", wire_error::bad_chunk},
    {"0;a\r\n\r\n", wire_error::bad_chunk},
    {"100001\r\n", wire_error::body_too_large, 413},
    {"ffffffffffffffff\r\nx", wire_error::body_too_large, 413},
};

} // namespace

TEST_CASE("threat A7: what is not certainly one request is refused, however it is cut") {
    for (refusal const& row : battery) {
        CAPTURE(row.input);
        auto const seen = http_parsing::parse_every_way(row.input);
        CHECK(seen.requests.empty());
        CHECK(seen.error == row.error);
        CHECK(http_status(seen.error) == row.status);
    }
}

TEST_CASE("threat A7: a chunked body is refused at the first doubt, however it is cut") {
    for (refusal const& row : chunk_battery) {
        std::string input = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        input.append(row.input);
        CAPTURE(input);
        auto const seen = http_parsing::parse_every_way(input);
        CHECK(seen.requests.empty());
        CHECK(seen.error == row.error);
        CHECK(http_status(seen.error) == row.status);
    }
}

TEST_CASE("threat A7: after a refusal nothing more is read") {
    unisono::http_request_parser parser;
    auto const first = parser.feed(unisono::as_bytes("GET /\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(first.status == unisono::http_parse_status::failed);
    auto const second = parser.feed(unisono::as_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(second.consumed == 0);
    CHECK(second.status == unisono::http_parse_status::failed);
}
