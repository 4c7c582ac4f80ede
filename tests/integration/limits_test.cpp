#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/recording_logger.hpp"
#include "support/running_server.hpp"

#include <mutex>
#include <string>
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
