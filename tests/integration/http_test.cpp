#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using test::eventually;
using client = test::loopback_client;

namespace {

struct fixture : test::running_server {
    explicit fixture(http_options http = {}) : running_server{{.http = http}} {
        app.get("/hello", [](http_exchange x) { x.respond(text_response("hello")); });
        app.get("/echo/{what}", [](http_exchange x) { x.respond(text_response(x.parameter("what"))); });
        app.post("/echo", [](http_exchange x) { x.respond(text_response(x.request().body)); });
        app.get("/large", [large = payload{std::string(8 << 20, 'x')}](http_exchange x) {
            x.respond({.body = large});
        });
    }
};

} // namespace

TEST_CASE("a connection serves one request after the other") {
    fixture f;
    auto c = f.connect();
    for (int i = 0; i < 3; ++i) {
        auto const r = c.get("/hello");
        CHECK(r.status == 200);
        CHECK(r.body == "hello");
        CHECK_FALSE(r.field("Date").empty());
    }
    auto const r = c.get("/hello", "Connection: close\r\n");
    CHECK(r.field("Connection") == "close");
    CHECK(c.is_closed());
}

TEST_CASE("pipelined requests are answered in order, however they are cut") {
    fixture f;
    auto c = f.connect();
    std::string all;
    for (int i = 0; i < 50; ++i)
        all += client::request("/echo/" + std::to_string(i));
    auto const piece = GENERATE(as<std::size_t>{}, 7, 100'000);
    for (std::size_t at = 0; at < all.size(); at += piece)
        c.send(all.substr(at, piece));
    for (int i = 0; i < 50; ++i)
        REQUIRE(c.read_response().body == std::to_string(i));
}

TEST_CASE("a HEAD request gets the head alone") {
    fixture f;
    auto c = f.connect();
    c.send(client::request("/hello", {}, "HEAD"));
    auto const head = c.read_response(false);
    CHECK(head.status == 200);
    CHECK(head.field("Content-Length") == "5");
    CHECK(c.get("/hello").body == "hello");
}

TEST_CASE("a client that waits before it sends the body is told to go on") {
    fixture f;
    auto c = f.connect();
    c.send(client::request("/echo", "Expect: 100-continue\r\nContent-Length: 4\r\n", "POST"));
    CHECK(c.read_response().status == 100);
    c.send("body");
    CHECK(c.read_response().body == "body");
}

TEST_CASE("threat A5: a request that is not complete in time is answered 408") {
    fixture f{{.request_timeout = 100ms, .idle_timeout = 60s}};
    auto c = f.connect();
    auto const part =
        GENERATE(as<std::string>{}, "G", "GET / HTTP/1.1\r\nHost: x\r\n",
                 "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc",
                 "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    c.send(part);
    auto r = c.read_response();
    if (r.status == 100)
        r = c.read_response();
    CHECK(r.status == 408);
    CHECK(c.is_closed());
}

TEST_CASE("threat A5: the deadline of a request does not move with every byte") {
    fixture f{{.request_timeout = 200ms}};
    auto c = f.connect();
    std::atomic<bool> over{false};
    auto const begun = std::chrono::steady_clock::now();
    std::thread trickle{[&] {
        c.send("GET /");
        while (!over && c.try_send("x"))
            std::this_thread::sleep_for(20ms);
    }};
    auto const status = c.read_response().status;
    over = true;
    trickle.join();
    CHECK(status == 408);
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
}

TEST_CASE("a connection at rest is closed after a while") {
    fixture f{{.idle_timeout = 100ms}};
    auto fresh = f.connect();
    CHECK(fresh.is_closed());
    auto used = f.connect();
    CHECK(used.get("/hello").status == 200);
    CHECK(used.is_closed());
}

TEST_CASE("threat A7: malformed requests are refused and end the connection") {
    fixture f;
    auto const [text, status] = GENERATE(table<std::string, int>({
        {"nonsense\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n", 414},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n", 413},
    }));
    auto c = f.connect();
    c.send(text);
    CHECK(c.read_response().status == status);
    CHECK(c.is_closed());
}

TEST_CASE("an error after a HEAD request has its body") {
    fixture f;
    auto c = f.connect();
    c.send(client::request("/hello", {}, "HEAD"));
    CHECK(c.read_response(false).status == 200);
    c.send("nonsense\r\n\r\n");
    CHECK_FALSE(c.read_response().body.empty());
}

TEST_CASE("a handler that throws costs its own connection and no other") {
    fixture f;
    f.app.get("/throw", [](http_exchange) { throw std::runtime_error("on purpose"); });
    f.app.get("/throw/number", [](http_exchange) { throw 7; });
    auto other = f.connect();
    auto const path = GENERATE(as<std::string>{}, "/throw", "/throw/number");
    CHECK(other.get("/hello").status == 200);
    auto c = f.connect();
    c.send(client::request(path));
    CHECK(c.is_closed());
    CHECK(other.get("/hello").status == 200);
}

TEST_CASE("a request that nobody answers is answered 500") {
    fixture f;
    f.app.get("/drop", [](http_exchange) {});
    auto c = f.connect();
    CHECK(c.get("/drop").status == 500);
    CHECK(c.get("/hello").status == 200);
}

TEST_CASE("threat A9: a response that cannot be sent becomes 500, also when it comes from another thread") {
    fixture f;
    std::optional<std::thread> worker;
    bool const elsewhere = GENERATE(false, true);
    f.app.get("/bad", [&](http_exchange x) {
        auto const respond = [x] { x.respond({.status = 99}); };
        if (elsewhere)
            worker.emplace(respond);
        else
            respond();
    });
    auto c = f.connect();
    CHECK(c.get("/bad").status == 500);
    CHECK(c.get("/hello").status == 200);
    if (worker)
        worker->join();
}

TEST_CASE("an answer may come later, from another thread; only the first counts") {
    fixture f;
    std::optional<std::thread> worker;
    std::atomic<int> counted{0};
    f.app.get("/later", [&](http_exchange x) {
        worker.emplace([&, x] {
            counted += x.respond(text_response("first"));
            counted += x.respond(text_response("second"));
        });
    });
    auto c = f.connect();
    c.send(client::request("/later") + client::request("/hello"));
    CHECK(c.read_response().body == "first");
    CHECK(c.read_response().body == "hello");
    worker->join();
    CHECK(counted == 1);
}

TEST_CASE("an answer that comes when the client or the server is gone goes nowhere") {
    std::optional<http_exchange> kept;
    {
        fixture f;
        std::atomic<int> asked{0};
        f.app.get("/keep", [&](http_exchange x) {
            kept = x;
            ++asked;
        });
        auto c = f.connect();
        c.send(client::request("/keep"));
        REQUIRE(eventually([&] { return asked == 1; }));
        c.reset();
        CHECK(f.connect().get("/hello").status == 200);
        if (GENERATE(false, true))
            kept->respond(text_response("too late"));
    }
    kept->respond(text_response("much too late"));
    kept.reset();
}

TEST_CASE("a client that says no more still gets its answer") {
    fixture f;
    auto c = f.connect();
    c.send("GET /large HTTP/1.0\r\n\r\n");
    c.finish();
    CHECK(c.read_all().size() > (8 << 20));
}

TEST_CASE("a large answer arrives whole before the connection closes, also when it is read slowly") {
    fixture f;
    constexpr std::size_t huge = 32 << 20; // more than the operating system takes at once
    f.app.get("/huge", [](http_exchange x) { x.respond(text_response(std::string(huge, 'x'))); });
    auto c = f.connect(16 * 1024);
    c.send(client::request("/huge", "Connection: close\r\n"));
    std::size_t size = 0;
    auto const begun = std::chrono::steady_clock::now();
    c.read_until("\r\n\r\n");
    while (size < huge) {
        size += c.read(64 * 1024).size();
        if (std::chrono::steady_clock::now() - begun < 6s) // longer than a stalled one would be given
            std::this_thread::sleep_for(80ms);
    }
    CHECK(c.is_closed());
}

TEST_CASE("threat A5: a client that does not read its answer is cut off") {
    fixture f{{.write_timeout = 100ms}};
    auto c = f.connect(4 * 1024);
    c.send(client::request("/large"));
    std::this_thread::sleep_for(500ms); // long past the timeout: the time is what is tested
    CHECK_THROWS(c.read(8 << 20));
}

TEST_CASE("threat A5: a body may take long, but not trickle") {
    fixture f{{.request_timeout = 200ms}};
    auto steady = f.connect();
    steady.send(client::request("/echo", "Content-Length: 640000\r\n", "POST"));
    for (int i = 0; i < 10; ++i) { // several times the deadline in all
        steady.send(std::string(64'000, 'x'));
        std::this_thread::sleep_for(60ms);
    }
    CHECK(steady.read_response().status == 200);

    auto trickle = f.connect();
    trickle.send(client::request("/echo", "Content-Length: 640000\r\n", "POST") + std::string(64'000, 'x'));
    std::atomic<bool> over{false};
    std::thread drip{[&] {
        while (!over && trickle.try_send("x"))
            std::this_thread::sleep_for(10ms);
    }};
    auto const begun = std::chrono::steady_clock::now();
    CHECK(trickle.read_response().status == 408);
    over = true;
    drip.join();
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
}

TEST_CASE("threat A5: three hundred slow clients hold up nobody, and are gone after the deadline") {
    fixture f{{.request_timeout = 1s, .idle_timeout = 1s, .write_timeout = 1s}};
    std::vector<client> slow;
    for (int i = 0; i < 300; ++i) {
        slow.push_back(f.connect(4 * 1024));
        slow.back().send(i % 3 == 0   ? "GET /he"
                         : i % 3 == 1 ? client::request("/echo", "Content-Length: 99999\r\n", "POST")
                                      : client::request("/large"));
    }
    CHECK(f.connect().get("/hello").status == 200); // behind all of them
    std::vector<std::chrono::steady_clock::duration> times;
    std::atomic<bool> over{false};
    std::thread drip{[&] { // a byte for each about every second
        while (!over)
            for (auto& c : slow) {
                (void)(over || c.try_send("x", 0ms));
                std::this_thread::sleep_for(over ? 0ms : 3ms);
            }
    }};
    auto const begun = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begun < 800ms) {
        auto const start = std::chrono::steady_clock::now();
        CHECK(f.connect().get("/hello").status == 200);
        times.push_back(std::chrono::steady_clock::now() - start);
    }
    over = true;
    drip.join();
    std::sort(times.begin(), times.end());
    CHECK(times[times.size() / 2] < 100ms);
    for (auto& c : slow)
        CHECK(eventually([&] { return !c.try_send("x", 0ms); }));
}

TEST_CASE("threat A6: a head without end costs its limit and no more") {
    fixture f;
    auto c = f.connect();
    auto const [start, status] = GENERATE(table<std::string, int>({
        {"GET /", 414},
        {"GET / HTTP/1.1\r\nHost: x\r\nCookie: ", 431},
    }));
    c.send(start);
    c.try_send(std::string(1 << 20, 'x'));
    CHECK(c.read_response().status == status);
}

TEST_CASE("threat A9: nothing a program repeats can split a response") {
    fixture f;
    std::atomic<int> refused{0};
    f.app.get("/repeat", [&](http_exchange x) {
        http_response r = text_response("ok");
        for (std::string_view const value :
             {std::string_view{"a\r\nSet-Cookie: b"}, std::string_view{"a\nb"}, std::string_view{"a\rb"},
              std::string_view{"a\0b", 3}, std::string_view{"a\x1b[2J"}, std::string_view{"a\x7f"}})
            try {
                r.headers.set("X-Repeated", value);
            } catch (std::invalid_argument const&) {
                ++refused;
            }
        x.respond(std::move(r));
    });
    auto c = f.connect();
    auto const r = c.get("/repeat");
    CHECK(refused == 6);
    CHECK(r.body == "ok");
    CHECK(r.head.find("X-Repeated") == std::string::npos);
    // What a client sends is checked before it could be repeated.
    for (std::string_view const path : {"/echo/a%0d%0aSet-Cookie:b", "/echo/%00", "/echo/%1b[2J"}) {
        INFO(path);
        CHECK(f.connect().get(path).status == 400);
    }
}
