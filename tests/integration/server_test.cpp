#include <unisono/codec/lib0_writer.hpp>
#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"
#include "support/small_updates.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using test::eventually;
using client = test::loopback_client;
using op = websocket_opcode;

namespace {

/// Everything that can be served, on any server.
void add_routes(server& app) {
    app.get("/hello", [](http_exchange x) { x.respond(text_response("hello")); });
    app.post("/hello", [](http_exchange x) { x.respond(text_response("posted")); });
    app.websocket("/ws", {.on_message = [](websocket_session const& s, bytes_view data, bool) {
                      s.send_text(as_text(data));
                  }});
    app.feed("/feed/{room}");
    app.documents("/yjs");
}

struct running : test::running_server {
    explicit running(server_options options = {}) : running_server{std::move(options)} {
        add_routes(app);
        start();
    }
    std::chrono::steady_clock::duration stop() {
        auto const begun = std::chrono::steady_clock::now();
        app.stop();
        join();
        return std::chrono::steady_clock::now() - begun;
    }
};

/// A document's message as a WebSocket frame of a client.
std::string y_frame(std::vector<std::uint64_t> head, bytes_view body) {
    byte_buffer bytes;
    lib0_writer out{bytes};
    for (auto n : head)
        out.var_uint(n);
    out.var_bytes(body);
    return client::frame(op::binary, as_text(bytes));
}

} // namespace

TEST_CASE("what nobody serves is answered 404, and another method 405") {
    running r;
    auto c = r.connect();
    CHECK(c.get("/nowhere").status == 404);
    c.send(client::request("/hello", "Content-Length: 0\r\n", "PUT"));
    auto const refused = c.read_response();
    CHECK(refused.status == 405);
    CHECK(refused.field("Allow").find("POST") != std::string::npos);
    CHECK(c.get("/hello").body == "hello");
}

TEST_CASE("threat A1: foreign pages are refused before a socket, a stream or a write") {
    running r{{.origins = {.allowed = {"https://app.example.com", "https://xn--bcher-kva.example"}}}};
    auto const [fields, allowed] = GENERATE(table<std::string, bool>({
        {"", true},
        {"Origin: http://localhost\r\n", true},
        {"Origin: https://localhost\r\n", true},
        {"Origin: http://LOCALHOST\r\n", true},
        {"Origin: https://app.example.com\r\n", true},
        {"Origin: https://xn--bcher-kva.example\r\n", true},
        {"Origin: https://evil.com\r\n", false},
        {"Origin: null\r\n", false},
        {"Origin: http://localhost.evil.com\r\n", false},
        {"Origin: http://evillocalhost\r\n", false},
        {"Origin: http://localhost:81\r\n", false},
        {"Origin: http://localhost@evil.com\r\n", false},
        {"Origin: http://app.example.com\r\n", false},
        {"Origin: https://app.example.com:8443\r\n", false},
        {"Origin: https://app.example.com.evil.com\r\n", false},
        {"Origin: https://evilapp.example.com\r\n", false},
        {"Origin: https://APP.example.com\r\n", false},
        {"Origin: https://b\xc3\xbc"
         "cher.example\r\n",
         false},
        {"Origin: https://app.example.com/\r\n", false},
        {"Origin: file://\r\n", false},
        {"Origin: http://localhost\r\nOrigin: https://evil.com\r\n", false},
        {"Origin: http://localhost\r\nOrigin: http://localhost\r\n", false},
        {"Origin: https://app.example.com, https://evil.com\r\n", false},
    }));
    INFO(fields);
    auto ws = r.connect();
    ws.send(client::upgrade("/ws", fields));
    CHECK(ws.read_response().status == (allowed ? 101 : 403));
    auto yjs = r.connect();
    yjs.send(client::upgrade("/yjs/doc", fields));
    CHECK(yjs.read_response().status == (allowed ? 101 : 403));
    auto feed = r.connect();
    feed.send(client::request("/feed/a", fields));
    CHECK(feed.read_response().status == (allowed ? 200 : 403));
    auto http = r.connect();
    http.send(client::request("/hello", fields, "POST"));
    CHECK(http.read_response().status == (allowed ? 200 : 403));
    CHECK(http.get("/hello", fields).status == 200); // reading is CORS's business
}

TEST_CASE(
    "threat A1: whichever method may change something is checked, unless the program does that itself") {
    bool const checks = GENERATE(true, false);
    test::running_server s{{.check_origin_of_writes = checks}};
    s.app.handle("", "/any", [](http_exchange x) { x.respond(text_response("done")); });
    auto c = s.connect();
    for (std::string_view const method : {"POST", "PUT", "PATCH", "DELETE", "MKCOL"}) {
        INFO(method);
        c.send(client::request("/any", "Origin: https://evil.com\r\n", method));
        CHECK(c.read_response().status == (checks ? 403 : 200));
    }
    for (std::string_view const method : {"GET", "OPTIONS"}) {
        c.send(client::request("/any", "Origin: https://evil.com\r\n", method));
        CHECK(c.read_response().status == 200);
    }
}

TEST_CASE("a port that is taken is an error, whatever the number of threads") {
    running r;
    for (std::size_t const threads : {1, 2}) {
        server second{{.port = r.app.port(), .threads = threads}};
        CHECK(second.start().error() == std::errc::address_in_use);
        CHECK_THROWS_AS(second.run(), std::system_error);
    }
    server nowhere{{.address = "no address", .port = 0}};
    CHECK_FALSE(nowhere.start());
    CHECK_THROWS_AS(server({.threads = 0}), std::invalid_argument);
}

TEST_CASE("a server may be destroyed without having run") {
    { server app{{.port = 0}}; }
    server app{{.port = 0, .threads = 3}};
    add_routes(app);
    if (GENERATE(false, true))
        REQUIRE(app.start());
}

TEST_CASE("shutting down says goodbye to everybody and returns in time") {
    running r{{.threads = static_cast<std::size_t>(GENERATE(1, 3))}};
    auto ws = r.open();
    auto feed = r.connect();
    feed.send(client::request("/feed/a"));
    feed.read_until("id: ");
    auto idle = r.connect();
    CHECK(idle.get("/hello").status == 200);
    auto stopped = std::async(std::launch::async, [&] { return r.stop(); });
    CHECK(ws.read_message().close_code() == 1001);
    ws.send_close(1001);
    CHECK(ws.is_closed());
    ws.close();
    CHECK(feed.read_all().ends_with("0\r\n\r\n"));
    feed.close();
    CHECK(idle.is_closed());
    idle.close();
    CHECK(stopped.get() < 4s);
    CHECK_THROWS(r.connect());
}

TEST_CASE("clients that do not say goodbye are cut off in time") {
    running r{{.shutdown_timeout = 200ms}};
    auto ws = r.open();
    auto half = r.connect();
    half.send("GET / HT");
    CHECK(r.stop() < 3s);
    CHECK(ws.read_message().close_code() == 1001);
}

TEST_CASE("a second stop cuts the goodbyes short") {
    running r;
    auto ws = r.open();
    r.app.stop();
    CHECK(r.stop() < 4s);
}

TEST_CASE("a handle that the program keeps does not delay the end") {
    std::optional<websocket_session> kept;
    std::atomic<int> closed{0};
    test::running_server s;
    s.app.websocket("/ws", {.on_open = [&](websocket_session const& session) { kept = session; },
                            .on_close = [&](close_code, std::string_view) { ++closed; }});
    (void)s.open();
    REQUIRE(eventually([&] { return closed == 1; }));
    auto const begun = std::chrono::steady_clock::now();
    s.app.stop();
    s.join();
    CHECK(std::chrono::steady_clock::now() - begun < 4s);
}

TEST_CASE("a server may be stopped by its own handler") {
    test::running_server s;
    s.app.get("/stop", [&](http_exchange x) {
        s.app.stop();
        x.respond(text_response("bye"));
    });
    {
        auto c = s.connect();
        CHECK(c.get("/stop").body == "bye");
        CHECK(c.is_closed());
    }
    s.join();
}

TEST_CASE("threat E7: a server may stop at any moment, whatever its clients do") {
    auto const seed = GENERATE(take(50, random(1, 1'000'000)));
    INFO("seed " << seed);
    seeded_random random{static_cast<std::uint64_t>(seed)};
    running r{{.threads = 1 + random.below(3), .shutdown_timeout = 100ms}};
    auto const port = r.app.port();
    std::atomic<bool> over{false};
    std::vector<std::thread> clients;
    for (int i = 0; i < 3; ++i)
        clients.emplace_back([&, i] {
            while (!over) {
                try {
                    client c{port};
                    switch (i) {
                    case 0:
                        c.get("/hello");
                        break;
                    case 1:
                        if (c.open("/yjs/doc")) {
                            c.send(y_frame({0, 2}, test::typed(static_cast<std::uint64_t>(i), 0, "x")));
                            c.send(y_frame({0, 0}, std::vector{std::byte{0}}));
                            c.read_frame();
                        }
                        break;
                    default:
                        c.send(client::request("/feed/a"));
                        c.read_until("id: ");
                    }
                    c.reset();
                } catch (std::runtime_error const&) {
                    std::this_thread::yield();
                }
            }
        });
    std::this_thread::sleep_for(std::chrono::microseconds{random.below(20'000)}); // the moment is the test
    CHECK(r.stop() < 5s);
    over = true;
    for (auto& c : clients)
        c.join();
}

TEST_CASE("a change reaches clients on other threads") {
    running r{{.threads = 3}};
    auto const update = test::typed(1, 0, "hello");
    std::vector<client> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(r.open("/yjs/some/doc"));
        clients.back().read_frame(); // joined
    }
    clients[0].send(y_frame({0, 2}, update));
    for (std::size_t i = 1; i < clients.size(); ++i)
        CHECK(clients[i].read_message().body.ends_with(as_text(update)));
    for (auto& c : clients)
        c.reset();
}

TEST_CASE("a client that asks for the whole again and again, and reads nothing, is turned away") {
    running r;
    auto writer = r.open("/yjs/doc");
    writer.send(y_frame({0, 2}, test::typed(1, 0, std::string(4 << 20, 'x'))));
    do
        writer.send(y_frame({0, 0}, std::vector{std::byte{0}}));
    while (writer.read_message().body.size() < (4 << 20));
    auto greedy = r.open("/yjs/doc", 4 * 1024);
    for (int i = 0; i < 50; ++i)
        greedy.send(y_frame({0, 0}, std::vector{std::byte{0}}));
    std::optional<std::uint16_t> closed;
    int answers = 0;
    while (!closed) {
        auto const frame = greedy.read_message();
        if (frame.opcode == op::close)
            closed = frame.close_code();
        else
            answers += frame.body.size() > (4 << 20);
    }
    CHECK(closed == 1013);
    CHECK(answers < 20);
    CHECK(answers >= 4);
}

TEST_CASE("a first sync larger than the outbox is not cut off by what others type meanwhile") {
    running r{{.http = {.outbox_limit = 64 * 1024}}};
    auto writer = r.open("/yjs/doc");
    writer.send(y_frame({0, 2}, test::typed(1, 0, std::string(15 << 20, 'x'))));
    do
        writer.send(y_frame({0, 0}, std::vector{std::byte{0}}));
    while (writer.read_message().body.size() < (15 << 20)); // stored
    auto witness = r.open("/yjs/doc");
    witness.read_frame();
    auto slow = r.open("/yjs/doc", 4 * 1024);
    slow.read_frame();
    slow.send(y_frame({0, 0}, std::vector{std::byte{0}}));
    slow.read(10); // it has begun
    for (std::uint64_t i = 0; i < 20; ++i)
        writer.send(y_frame({0, 2}, test::typed(2, i, "#")));
    for (std::ptrdiff_t seen = 0; seen < 20;) { // several may come as one
        auto const body = witness.read_message().body;
        auto const typed = std::count(body.begin(), body.end(), '#');
        REQUIRE(typed > 0);
        seen += typed;
    }
    slow.read(15 << 20);
    // Whatever bytes are left of the first, its end is followed by what was typed.
    CHECK_NOTHROW(slow.read_until("#"));
}

// --- on a loop of the host's ---

namespace {

struct host {
    asio::io_context loop{1};
    std::optional<server> app;
    std::thread thread;

    explicit host(server_options options = {}) {
        options.port = 0;
        app.emplace(loop, std::move(options));
        add_routes(*app);
        REQUIRE(app->start());
        thread = std::thread{[this] { loop.run(); }};
    }
    ~host() {
        loop.stop();
        if (thread.joinable())
            thread.join();
    }
};

} // namespace

TEST_CASE("a server works on the host's loop, and says when it is done") {
    host h;
    client c{h.app->port()};
    CHECK(c.get("/hello").body == "hello");
    client ws{h.app->port()};
    REQUIRE(ws.open("/ws"));
    std::atomic<bool> done{false};
    bool const destroys = GENERATE(false, true);
    h.app->stop([&] {
        if (destroys)
            h.app.reset();
        done = true;
    });
    CHECK(ws.read_message().close_code() == 1001);
    ws.send_close(1001);
    CHECK(ws.is_closed());
    ws.close();
    CHECK(c.is_closed());
    c.close();
    CHECK(eventually([&] { return done.load(); }));
    if (destroys) { // nothing of it is left on the loop
        h.thread.join();
        CHECK(h.loop.stopped());
    }
}

TEST_CASE("on the host's loop clients that do not say goodbye are cut off in time") {
    host h{{.shutdown_timeout = 200ms}};
    client ws{h.app->port()};
    REQUIRE(ws.open("/ws"));
    std::atomic<bool> done{false};
    h.app->stop([&] { done = true; });
    CHECK(eventually([&] { return done.load(); }, 3s));
    CHECK_THROWS_AS(h.app->run(), std::logic_error);
}

TEST_CASE("a server on the host's loop may go without a word") {
    host h;
    client ws{h.app->port()};
    REQUIRE(ws.open("/ws"));
    client yjs{h.app->port()};
    REQUIRE(yjs.open("/yjs/doc"));
    yjs.read_frame();
    client half{h.app->port()};
    half.send("GET /h");
    bool const on_loop = GENERATE(false, true);
    if (on_loop) {
        asio::post(h.loop, [&] { h.app.reset(); });
        h.thread.join(); // it returns, for nothing is left to do
    } else {
        h.loop.stop();
        h.thread.join();
        h.app.reset();
        h.loop.restart();
        h.loop.poll(); // tasks of the server are harmless now
    }
    CHECK(ws.is_closed());
    CHECK(half.is_closed());
}
