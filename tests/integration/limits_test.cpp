#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/recording_logger.hpp"
#include "support/running_server.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using test::eventually;
using client = test::loopback_client;

namespace {

void add_routes(server& app) {
    app.get("/hello", [](http_exchange x) { x.respond(text_response("hello")); });
    app.websocket("/ws", {.on_message = [](websocket_session const& s, bytes_view data, bool) {
                      s.send_text(as_text(data));
                  }});
}

/// A server in a process of its own that may open so many files.
class poor_server {
public:
    explicit poor_server(rlim_t files) {
        REQUIRE(::pipe(port_) == 0);
        REQUIRE(::pipe(life_) == 0);
        child_ = ::fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0)
            serve(files);
        ::close(life_[0]);
        REQUIRE(::read(port_[0], &port, sizeof port) == sizeof port);
    }
    ~poor_server() {
        ::close(life_[1]);
        ::close(port_[0]);
        ::close(port_[1]);
        ::waitpid(child_, nullptr, 0);
    }
    std::uint16_t port = 0;

private:
    [[noreturn]] void serve(rlim_t files) {
        rlimit const limit{files, files};
        ::setrlimit(RLIMIT_NOFILE, &limit);
        ::close(life_[1]);
        server app{{.port = 0, .threads = 2, .http = {.idle_timeout = 60s}}};
        add_routes(app);
        bool const started = app.start().has_value();
        auto const mine = app.port();
        char end = 0;
        if (started && ::write(port_[1], &mine, sizeof mine) == sizeof mine)
            while (::read(life_[0], &end, 1) > 0) {
            }
        ::_exit(0);
    }
    int port_[2] = {};
    int life_[2] = {};
    pid_t child_ = -1;
};

/// What a client gets that asks once: 200 and stays, or 503.
int ask(client& c) {
    try {
        c.send(client::request("/hello"));
        return c.read_response().status;
    } catch (std::runtime_error const&) {
        return 0;
    }
}
} // namespace

TEST_CASE(
    "threat A12: without descriptors clients are told so, those inside do not notice, and it recovers") {
    poor_server s{100};
    client inside{s.port};
    REQUIRE(inside.open("/ws"));
    std::vector<client> crowd;
    int served = 0;
    int refused = 0;
    for (int i = 0; i < 300; ++i) {
        crowd.emplace_back(s.port);
        auto const status = ask(crowd.back());
        served += status == 200;
        refused += status == 503;
    }
    CHECK(served + refused == 300);
    CHECK(served > 20);
    CHECK(refused > 200);
    inside.send_text("unimpressed");
    CHECK(inside.read_message().body == "unimpressed");
    crowd.clear();
    CHECK(eventually(
        [&] {
            client c{s.port};
            return ask(c) == 200;
        },
        1s));
}

TEST_CASE("threat A12: there may be a bound on connections, in total and for one peer") {
    bool const for_one = GENERATE(false, true);
    test::running_server s{
        {.threads = 2, .connections = {.total = for_one ? 0u : 3u, .per_peer = for_one ? 3u : 0u}}};
    add_routes(s.app);
    std::vector<client> inside;
    for (int i = 0; i < 3; ++i) {
        inside.push_back(s.connect());
        CHECK(ask(inside.back()) == 200);
    }
    for (int i = 0; i < 20; ++i) {
        auto c = s.connect();
        c.send(client::request("/hello"));
        auto const refusal = c.read_response();
        CHECK(refusal.status == 503);
        CHECK_FALSE(refusal.field("Retry-After").empty());
        CHECK(c.is_closed());
    }
    REQUIRE(inside[0].open("/ws")); // a connection keeps its place whatever is spoken on it
    auto still_none = s.connect();
    CHECK(ask(still_none) == 503);
    inside.pop_back();
    CHECK(eventually([&] {
        auto c = s.connect();
        return ask(c) == 200;
    }));
}

namespace {

std::string forwarded_for(std::string_view hops) {
    return "X-Forwarded-For: " + std::string{hops} + "\r\n";
}

} // namespace

TEST_CASE("threat A13: without a trusted proxy a forged X-Forwarded-For evades no limit") {
    test::running_server s{{.connections = {.per_peer = 2}, .proxies = {"192.0.2.0/24"}}};
    s.app.get("/peer", [](http_exchange const& x) { x.respond(text_response(x.peer())); });
    auto one = s.connect();
    CHECK(one.get("/peer", forwarded_for("198.51.100.1")).body == "127.0.0.1");
    auto two = s.connect();
    CHECK(two.get("/peer", forwarded_for("198.51.100.2")).body == "127.0.0.1");
    CHECK(s.connect().get("/peer", forwarded_for("198.51.100.3")).status == 503);
}

TEST_CASE("threat A13: behind a trusted proxy streams and WebSockets count for the client it names") {
    test::running_server s{{.threads = 2, .connections = {.per_peer = 2}, .proxies = {"127.0.0.0/8"}}};
    s.app.get("/peer", [](http_exchange const& x) { x.respond(text_response(x.peer())); });
    s.app.websocket("/ws",
                    {.on_open = [](websocket_session const& session) { session.send_text(session.peer()); }});
    s.app.feed("/feed/{room}");
    s.app.rooms("/rooms");
    auto const ann = [](int forged) { // each time another address before the one the proxy adds
        return forwarded_for("203.0.113." + std::to_string(forged) + ", 198.51.100.1") +
               forwarded_for("127.0.0.9"); // a second proxy, with a field of its own
    };
    std::vector<client> proxied;
    for (int i = 0; i < 10; ++i) { // requests share the proxy's connections
        proxied.push_back(s.connect());
        CHECK(proxied.back().get("/peer", ann(i)).body == "198.51.100.1");
    }
    CHECK(proxied[0].get("/peer", forwarded_for("198.51.100.2")).body == "198.51.100.2");

    REQUIRE(proxied[0].open("/ws", ann(20)));
    CHECK(proxied[0].read_message().body == "198.51.100.1");
    CHECK(proxied[1].get("/feed/a", ann(21)).status == 200);
    CHECK_FALSE(proxied[2].open("/ws", ann(22)));
    CHECK(proxied[2].get("/feed/a", ann(23)).status == 503);
    CHECK(proxied[2].get("/rooms?connect=%7B%7D", ann(24)).status == 503);
    CHECK(proxied[2].get("/peer", ann(25)).status == 200); // the proxy's connection goes on

    REQUIRE(proxied[2].open("/ws", forwarded_for("198.51.100.1, 198.51.100.2"))); // another client
    CHECK(proxied[2].read_message().body == "198.51.100.2");
    proxied[0].reset();
    CHECK(eventually(
        [&] { return proxied[3].get("/peer", ann(26)).status == 200 && proxied[3].open("/ws", ann(27)); }));
}

TEST_CASE("threat A12: a low limit of open files is said at the start") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    test::recording_logger log;
    rlimit few = before;
    few.rlim_cur = std::min<rlim_t>(256, before.rlim_max);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    {
        test::running_server s{{.log = &log}};
        s.start();
    }
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(log.others().find("limit=256") != std::string::npos);
}
