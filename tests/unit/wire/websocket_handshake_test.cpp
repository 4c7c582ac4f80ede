#include <unisono/wire/error.hpp>
#include <unisono/wire/websocket_handshake.hpp>

#include "support/catch.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace unisono;

namespace {

/// The request of RFC 6455, 1.3.
http_request sample() {
    http_request request;
    request.method = "GET";
    request.target = request.path = "/chat";
    request.headers = {{"Host", "server.example.com"},
                       {"Upgrade", "websocket"},
                       {"Connection", "Upgrade"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"Sec-WebSocket-Version", "13"}};
    return request;
}

using change = std::function<void(http_request&)>;

change set(std::string name, std::string value) {
    return [=](http_request& r) { r.headers.set(name, value); };
}
change add(std::string name, std::string value) {
    return [=](http_request& r) { r.headers.add(name, value); };
}
change without(std::string name) {
    return [=](http_request& r) { r.headers.remove(name); };
}

int answer(http_request const& request) {
    auto const accepted = accept_websocket(request);
    return accepted ? 101 : websocket_refusal(accepted.error()).status;
}

} // namespace

TEST_CASE("the handshake of RFC 6455 is answered as printed there") {
    auto const accept = accept_websocket(sample());
    REQUIRE(accept);
    CHECK(accept->key == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(accept->subprotocols.empty());
    CHECK(encode_websocket_response(*accept).text() ==
          "HTTP/1.1 101 Switching Protocols\r\n"
          "Upgrade: websocket\r\n"
          "Connection: Upgrade\r\n"
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
          "\r\n");
}

TEST_CASE("threat A8: a handshake is accepted or refused by RFC 6455, 4.2.1") {
    std::string const key = "Sec-WebSocket-Key";
    std::string const version = "Sec-WebSocket-Version";
    std::string const protocol = "Sec-WebSocket-Protocol";
    std::string const extensions = "Sec-WebSocket-Extensions";
    struct row {
        char const* name;
        change edit;
        int status;
    };
    std::vector<row> const rows{
        {"as it is", [](auto&) {}, 101},
        {"upper case", set("Upgrade", "WEBSOCKET"), 101},
        {"Firefox's Connection", set("Connection", "keep-alive, Upgrade"), 101},
        {"two Connection fields", add("Connection", "keep-alive"), 101},
        {"several protocols to upgrade to", set("Upgrade", "h2c, websocket"), 101},
        {"the key of RFC 6455, 4.1, with unused bits set", set(key, "AQIDBAUGBwgJCgsMDQ4PEC=="), 101},
        {"HTTP/1.2", [](auto& r) { r.minor_version = 2; }, 101},
        {"an empty body announced", add("Content-Length", "0"), 101},
        {"an Origin is not judged here", add("Origin", "null"), 101},

        {"POST", [](auto& r) { r.method = "POST"; }, 400},
        {"lower-case method", [](auto& r) { r.method = "get"; }, 400},
        {"HTTP/1.0", [](auto& r) { r.minor_version = 0; }, 400},
        {"no Connection", without("Connection"), 400},
        {"Connection without Upgrade", set("Connection", "keep-alive"), 400},
        {"Connection with a longer word", set("Connection", "Upgraded"), 400},
        {"no Upgrade", without("Upgrade"), 400},
        {"Upgrade to something else", set("Upgrade", "h2c"), 400},
        {"Upgrade to nearly that", set("Upgrade", "websockets"), 400},
        {"Upgrade with a version", set("Upgrade", "websocket/13"), 400},
        {"no key", without(key), 400},
        {"empty key", set(key, ""), 400},
        {"two keys", add(key, "dGhlIHNhbXBsZSBub25jZQ=="), 400},
        {"key of 15 bytes", set(key, "dGhlIHNhbXBsZSBub25j"), 400},
        {"key of 15 bytes, padded wrong", set(key, "dGhlIHNhbXBsZSBub25j===="), 400},
        {"key of 17 bytes", set(key, "dGhlIHNhbXBsZSBub25jZWU="), 400},
        {"key of 18 bytes", set(key, "dGhlIHNhbXBsZSBub25jZWVl"), 400},
        {"key without padding", set(key, "dGhlIHNhbXBsZSBub25jZQ"), 400},
        {"key with other characters", set(key, "dGhlIHNhbXBsZSBub25j-_=="), 400},
        {"key with a space", set(key, "dGhlIHNhbXBsZSBub2 jZQ=="), 400},
        {"two keys in one field", set(key, "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="), 400},
        {"no version", without(version), 400},
        {"the version twice", add(version, "13"), 400},
        {"a body", [](auto& r) { r.body = "x"; }, 400},
        {"a coded body", add("Transfer-Encoding", "chunked"), 400},
        {"a subprotocol that is no token", add(protocol, "one two"), 400},
        {"an empty subprotocol between others", add(protocol, "one,,two"), 400},

        {"version 8", set(version, "8"), 426},
        {"version 0", set(version, "0"), 426},
        {"version 013", set(version, "013"), 426},
        {"version 13 and more", set(version, "13, 8"), 426},
        {"version 269, which is 13 in eight bits", set(version, "269"), 426},
        {"no version number", set(version, "x"), 426},
        {"an old version without a key",
         [=](auto& r) {
             r.headers.set(version, "8");
             r.headers.remove(key);
         },
         426},

        // RFC 6455, 9.1: a malformed offer fails the connection; what it means is the extension's business.
        {"compression", add(extensions, "permessage-deflate; client_max_window_bits"), 101},
        {"window of 271 bits", add(extensions, "permessage-deflate; server_max_window_bits=271"), 101},
        {"the same parameter twice",
         add(extensions, "permessage-deflate; server_max_window_bits=8; server_max_window_bits=15"), 101},
        {"offers in two fields",
         [=](auto& r) {
             r.headers.add(extensions, "foo");
             r.headers.add(extensions, "bar; baz");
         },
         101},
        {"an empty offer", add(extensions, ""), 400},
        {"an offer that ends in a comma", add(extensions, "permessage-deflate,"), 400},
        {"an offer without a name", add(extensions, "; server_max_window_bits=10"), 400},
        {"junk", add(extensions, "permessage-deflate; server_max_window_bits=1x5, ;;=,\"unclosed"), 400},
    };
    for (row const& r : rows) {
        INFO(r.name);
        http_request request = sample();
        r.edit(request);
        CHECK(answer(request) == r.status);
    }
}

TEST_CASE("an extension is declined by silence or answered") {
    http_request request = sample();
    request.headers.add("Sec-WebSocket-Extensions", "foo; a=1");
    request.headers.add("sec-websocket-extensions", "bar");
    auto const accept = accept_websocket(request);
    REQUIRE(accept);
    CHECK(accept->extensions == "foo; a=1, bar");
    CHECK(encode_websocket_response(*accept).text().find("Extensions") == std::string_view::npos);
    CHECK(encode_websocket_response(*accept, {}, "foo; a=1")
              .text()
              .ends_with("\r\nSec-WebSocket-Extensions: foo; a=1\r\n\r\n"));
}

TEST_CASE("threat A8: a wrong version learns the right one") {
    http_request request = sample();
    request.headers.set("Sec-WebSocket-Version", "8");
    auto const accept = accept_websocket(request);
    REQUIRE(accept.error() == wire_error::unsupported_version);
    auto const response = websocket_refusal(accept.error());
    CHECK(response.status == 426);
    CHECK(response.headers.get("Sec-WebSocket-Version") == "13");
    CHECK(response.headers.get("Upgrade") == "websocket");
    CHECK_NOTHROW(encode_head(response));
    CHECK_FALSE(websocket_refusal(wire_error::bad_handshake).headers.contains("Sec-WebSocket-Version"));
}

TEST_CASE("a subprotocol is chosen from those offered, in any number of fields") {
    http_request request = sample();
    request.headers.add("Sec-WebSocket-Protocol", "chat , superchat");
    request.headers.add("sec-websocket-protocol", "v2.unisono");
    auto const accept = accept_websocket(request);
    REQUIRE(accept);
    CHECK(accept->subprotocols == std::vector<std::string>{"chat", "superchat", "v2.unisono"});
    auto const response = encode_websocket_response(*accept, "superchat");
    CHECK(response.text().ends_with("=\r\nSec-WebSocket-Protocol: superchat\r\n\r\n"));
    CHECK(encode_websocket_response(*accept).text().find("Protocol:") == std::string_view::npos);
}

TEST_CASE("threat A9: a subprotocol nobody offered cannot be chosen, nor forge a field") {
    http_request request = sample();
    request.headers.add("Sec-WebSocket-Protocol", "chat");
    auto const accept = accept_websocket(request);
    REQUIRE(accept);
    CHECK_THROWS_AS(encode_websocket_response(*accept, "Chat"), std::invalid_argument);
    CHECK_THROWS_AS(encode_websocket_response(*accept, "chat\r\nSet-Cookie: a=b"), std::invalid_argument);
}
