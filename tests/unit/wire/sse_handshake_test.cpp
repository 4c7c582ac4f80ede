#include <unisono/wire/error.hpp>
#include <unisono/wire/sse_handshake.hpp>

#include "support/catch.hpp"

#include <string>

using unisono::http_request;
using unisono::last_event_id;
using unisono::wire_error;

TEST_CASE("a stream's response is neither stored nor changed nor buffered") {
    auto const headers = unisono::sse_response_headers();
    CHECK(headers.get("content-type") == "text/event-stream");
    CHECK(headers.get("cache-control") == "no-store, no-transform");
    CHECK(headers.get("x-accel-buffering") == "no");
    CHECK_FALSE(headers.contains("content-length"));
    CHECK_FALSE(headers.contains("content-encoding"));
}

TEST_CASE("a stream resumes from the header, else from the query") {
    http_request request;
    CHECK(*last_event_id(request) == "");
    request.query = "last_event_id=epoch%3A7";
    CHECK(*last_event_id(request) == "epoch:7");
    request.headers.set("Last-Event-ID", "");
    CHECK(*last_event_id(request) == "epoch:7");
    request.headers.set("Last-Event-ID", "epoch:9");
    CHECK(*last_event_id(request) == "epoch:9");
    request.headers.set("Last-Event-ID", "\xc3\xa9");
    CHECK(*last_event_id(request) == "\xc3\xa9");
}

TEST_CASE("an event id from outside is bounded text") {
    http_request request;
    request.headers.set("Last-Event-ID", std::string(512, 'x'));
    CHECK(last_event_id(request)->size() == 512);
    request.headers.set("Last-Event-ID", std::string(513, 'x'));
    CHECK(last_event_id(request).error() == wire_error::event_too_large);
    request.headers.set("Last-Event-ID", "\xff");
    CHECK(last_event_id(request).error() == wire_error::invalid_utf8);
    request.headers.set("Last-Event-ID", "a\tb");
    CHECK(last_event_id(request).error() == wire_error::forbidden_character);
    request.headers.add("Last-Event-ID", "a");
    CHECK(last_event_id(request).error() == wire_error::bad_header);

    request.headers = {};
    request.query = "last_event_id=a%0Ab";
    CHECK(last_event_id(request).error() == wire_error::forbidden_character);
    request.query = "last_event_id=" + std::string(513, 'x');
    CHECK(last_event_id(request).error() == wire_error::event_too_large);
}
