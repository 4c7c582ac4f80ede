#include <unisono/wire/http_request.hpp>

#include "support/catch.hpp"

using unisono::http_request;

TEST_CASE("cookies are looked up by name") {
    http_request request;
    request.headers = {{"Cookie", "a=1; ticket=abc=def ;flag; empty="}, {"Cookie", "later=\"q\"; a=2"}};
    CHECK(request.cookie("a") == "1");
    CHECK(request.cookie("ticket") == "abc=def");
    CHECK(request.cookie("empty") == "");
    CHECK(request.cookie("later") == "\"q\"");
    CHECK_FALSE(request.cookie("flag"));
    CHECK_FALSE(request.cookie("A"));
    CHECK_FALSE(request.cookie("tick"));
}

TEST_CASE("query parameters are decoded") {
    http_request request;
    request.query = "room=a%2Fb+c&x";
    CHECK(request.query_parameter("room") == "a/b c");
    CHECK(request.query_parameter("x") == "");
    CHECK_FALSE(request.query_parameter("y"));
}

TEST_CASE("a connection stays as its version and its fields say") {
    http_request request;
    CHECK(request.keep_alive());
    request.headers = {{"Connection", "Close"}};
    CHECK_FALSE(request.keep_alive());
    request.minor_version = 0;
    request.headers = {};
    CHECK_FALSE(request.keep_alive());
    request.headers = {{"Connection", "Keep-Alive"}};
    CHECK(request.keep_alive());
    request.headers = {{"Connection", "keep-alive, close"}};
    CHECK_FALSE(request.keep_alive());
}

TEST_CASE("a request without its body is the same otherwise") {
    http_request const request{.method = "POST",
                               .target = "/a%62?q=1",
                               .path = "/ab",
                               .query = "q=1",
                               .minor_version = 0,
                               .headers = {{"Host", "here"}},
                               .body = "large"};
    auto const copy = request.without_body();
    CHECK(copy.method == "POST");
    CHECK(copy.target == "/a%62?q=1");
    CHECK(copy.path == "/ab");
    CHECK(copy.query == "q=1");
    CHECK(copy.minor_version == 0);
    CHECK(copy.headers.get("Host") == "here");
    CHECK(copy.body.empty());
}
