#include <unisono/server/router.hpp>
#include <unisono/transport/http_connection.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Routes requests of a connection that leads nowhere and reports which pattern got them.
struct fixture {
    unisono::shard home;
    std::shared_ptr<unisono::connection> link = std::make_shared<unisono::connection>(
        home, unisono::tcp_socket{},
        std::make_unique<unisono::http_connection>(nullptr, unisono::http_options{}), 1024);
    unisono::router routes;

    void add(std::string method, std::string pattern, std::vector<std::string> names = {}) {
        routes.add(method, pattern, [=, this](unisono::http_exchange const& exchange) {
            called = pattern;
            for (auto const& name : names)
                called += " " + name + "=" + std::string{exchange.parameter(name)};
        });
    }
    std::string get(std::string path, std::string method = "GET") {
        called = "nobody";
        unisono::http_request request;
        request.method = std::move(method);
        request.path = std::move(path);
        routes.route(unisono::http_exchange{link, 1, std::move(request)});
        return called;
    }
    std::string called;
};

} // namespace

TEST_CASE("patterns match whole paths, segment by segment") {
    fixture f;
    f.add("GET", "/");
    f.add("GET", "/health");
    f.add("GET", "/chat/{room}", {"room"});
    f.add("GET", "/chat/{room}/users/{id}", {"room", "id"});
    f.add("GET", "/yjs/{name...}", {"name"});
    CHECK(f.get("/") == "/");
    CHECK(f.get("/health") == "/health");
    CHECK(f.get("/health/") == "nobody");
    CHECK(f.get("/healthy") == "nobody");
    CHECK(f.get("/chat/lobby") == "/chat/{room} room=lobby");
    CHECK(f.get("/chat/") == "nobody");
    CHECK(f.get("/chat") == "nobody");
    CHECK(f.get("/chat/a/users/7") == "/chat/{room}/users/{id} room=a id=7");
    CHECK(f.get("/chat//users/7") == "nobody");
    CHECK(f.get("/yjs/a/b c/d") == "/yjs/{name...} name=a/b c/d");
    CHECK(f.get("/yjs/") == "nobody");
    CHECK(f.get("/yjs") == "nobody");
    CHECK(f.get("//health") == "nobody");
    CHECK(f.get("*") == "nobody");
    CHECK(f.get("") == "nobody");
}

TEST_CASE("the more specific pattern wins, whatever the order") {
    std::vector<std::string> patterns{"/{path...}", "/a/{x...}", "/a/{x}", "/a/b", "/{y}/b"};
    if (GENERATE(false, true))
        std::reverse(patterns.begin(), patterns.end());
    fixture f;
    for (auto const& pattern : patterns)
        f.add("GET", pattern);
    CHECK(f.get("/a/b") == "/a/b");
    CHECK(f.get("/a/c") == "/a/{x}");
    CHECK(f.get("/a/c/d") == "/a/{x...}");
    CHECK(f.get("/c/b") == "/{y}/b");
    CHECK(f.get("/c/d") == "/{path...}");
}

TEST_CASE("a method of its own wins over any method; HEAD is answered by GET") {
    fixture f;
    f.add("", "/thing");
    f.routes.add("PUT", "/thing", [&](auto const&) { f.called = "put"; });
    f.add("GET", "/page");
    CHECK(f.get("/thing", "PUT") == "put");
    CHECK(f.get("/thing", "DELETE") == "/thing");
    CHECK(f.get("/page", "HEAD") == "/page");
    CHECK(f.get("/page", "POST") == "nobody");
    CHECK(f.get("/page", "get") == "nobody");
}

TEST_CASE("malformed patterns and doubled routes are refused when they are added") {
    fixture f;
    for (std::string_view pattern :
         {"", "health", "/{}", "/{...}", "/a{b}", "/{a}b", "/{a...}/b", "/{a", "/a}"}) {
        INFO(pattern);
        CHECK_THROWS_AS(f.routes.add("GET", pattern, {}), std::invalid_argument);
    }
    f.add("GET", "/{a}");
    CHECK_THROWS_AS(f.routes.add("GET", "/{a}", {}), std::invalid_argument);
    CHECK_NOTHROW(f.routes.add("POST", "/{a}", {}));
}
