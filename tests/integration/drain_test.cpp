#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"

#include <asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using test::eventually;
using client = test::loopback_client;
using op = websocket_opcode;

namespace {

void add_routes(server& app) {
    app.get("/hello", [](http_exchange x) { x.respond(text_response("hello")); });
    app.websocket("/ws", websocket_callbacks{});
    app.feed("/feed/{room}");
    app.rooms("/rooms");
}

struct running : test::running_server {
    explicit running(std::size_t threads = 1) : running_server{{.threads = threads}} { add_routes(app); }

    /// Begins to drain; the report comes at the end.
    std::future<drain_report> drain(std::chrono::milliseconds deadline) {
        auto const promise = std::make_shared<std::promise<drain_report>>();
        app.drain(deadline, [promise](drain_report const& report) { promise->set_value(report); });
        return promise->get_future();
    }
};

/// How many connections one process may hold both ends of.
std::size_t affordable(std::size_t wished) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
    ::setrlimit(RLIMIT_NOFILE, &files);
    return std::min<std::size_t>(wished, (files.rlim_cur - 100) / 2);
}

/// Publishes until told to leave, and hears itself. Returns how many acknowledged messages it did not hear.
int publish_until_goodbye(client c, std::promise<void>& begun) {
    c.send_text(R"({"type":"connect","id":1,"payload":{"v":1}})");
    c.send_text(R"({"type":"subscribe","id":2,"channel":"a"})");
    std::vector<bool> acknowledged(100'000);
    std::vector<bool> heard(acknowledged.size());
    std::size_t next = 3;
    for (;;) {
        auto const frame = c.read_message();
        if (frame.opcode == op::close)
            break;
        // Several messages may share a frame, a line each.
        for (std::size_t at = 0; at < frame.body.size();) {
            auto const end = std::min(frame.body.find('\n', at), frame.body.size());
            auto const line = frame.body.substr(at, end - at);
            at = end + 1;
            if (auto const id = line.find(R"("id":)");
                line.find(R"("type":"ack")") != std::string::npos && id != std::string::npos)
                acknowledged[std::stoul(line.substr(id + 5))] = true;
            if (auto const data = line.find("number "); data != std::string::npos)
                heard[std::stoul(line.substr(data + 7))] = true;
        }
        if (next == 50)
            begun.set_value();
        c.try_send(client::frame(op::text, R"({"type":"publish","id":)" + std::to_string(next) +
                                               R"(,"channel":"a","payload":{"data":"number )" +
                                               std::to_string(next) + R"("}})"));
        ++next;
    }
    c.send_close(1001);
    int lost = 0;
    for (std::size_t i = 3; i < next; ++i)
        lost += acknowledged[i] && !heard[i];
    return lost;
}

} // namespace

TEST_CASE("threat E5: a thousand connections are drained in time, spread, and nothing acknowledged is lost") {
    running r;
    auto const count = affordable(1000);
    std::vector<client> clients;
    for (std::size_t i = 0; i < count; ++i)
        clients.push_back(r.open());
    std::promise<void> begun;
    auto lost = std::async(std::launch::async, [&, c = r.open("/rooms")]() mutable {
        return publish_until_goodbye(std::move(c), begun);
    });
    begun.get_future().get();

    auto const start = std::chrono::steady_clock::now();
    auto draining = r.drain(8s);
    // The last to come is the first to go.
    std::vector<std::chrono::steady_clock::duration> times;
    for (auto c = clients.rbegin(); c != clients.rend(); ++c) {
        REQUIRE(c->read_message().close_code() == 1001);
        times.push_back(std::chrono::steady_clock::now() - start);
        c->send_close(1001);
    }
    for (auto& c : clients) {
        CHECK(c.is_closed());
        c.close();
    }
    r.join();
    CHECK(std::chrono::steady_clock::now() - start < 8s);
    CHECK(lost.get() == 0);
    auto const report = draining.get();
    CHECK(report.connections == count + 1);
    CHECK(report.cut == 0);
    // One a millisecond: never all of them in the same instant.
    CHECK(times.back() - times.front() >= std::chrono::milliseconds{count} / 2);
}

TEST_CASE("draining cuts off who does not leave, and counts them") {
    running r{2};
    auto silent = r.open();
    auto polite = r.open();
    std::thread leaves{[&] {
        CHECK(polite.read_message().close_code() == 1001);
        polite.send_close(1001);
        CHECK(polite.is_closed());
        polite.close();
    }};
    auto const start = std::chrono::steady_clock::now();
    auto draining = r.drain(300ms);
    r.join();
    leaves.join();
    CHECK(std::chrono::steady_clock::now() - start < 3s);
    auto const report = draining.get();
    CHECK(report.connections == 2);
    CHECK(report.cut == 1);
    CHECK(report.took >= 300ms);
    CHECK(silent.read_message().close_code() == 1001);
}

TEST_CASE("while draining new requests are refused, and what was begun is finished") {
    server app{{.port = 0}}; // run() comes later
    add_routes(app);
    std::promise<http_exchange> asked;
    app.get("/later", [&](http_exchange x) { asked.set_value(std::move(x)); });
    REQUIRE(app.start());
    client working{app.port()};
    working.send(client::request("/later"));
    std::optional<http_exchange> exchange = asked.get_future().get();
    client idle{app.port()};
    CHECK(idle.get("/hello").status == 200);
    CHECK_FALSE(app.draining());
    app.drain(5s);
    CHECK(app.draining());
    auto const refused = idle.get("/hello");
    CHECK(refused.status == 503);
    CHECK_FALSE(refused.field("Retry-After").empty());
    CHECK(idle.get("/nowhere").status == 503);
    idle.send(client::upgrade("/ws"));
    CHECK(idle.read_response().status == 503);

    std::thread thread{[&] { app.run(); }};
    CHECK(idle.is_closed());
    idle.close();
    exchange->respond(text_response("finished"));
    exchange.reset();
    auto const answer = working.read_response();
    CHECK(answer.body == "finished");
    CHECK(answer.field("Connection") == "close");
    CHECK(working.is_closed());
    working.close();
    thread.join();
}

TEST_CASE("draining tells every kind of client when to come back") {
    running r;
    auto room = r.open("/rooms");
    room.send_text(R"({"type":"connect","id":1,"payload":{"v":1}})");
    room.read_message();
    auto feed = r.connect();
    feed.send(client::request("/feed/a"));
    feed.read_until("id: ");
    auto other_feed = r.connect();
    other_feed.send(client::request("/feed/a"));
    other_feed.read_until("id: ");
    auto draining = r.drain(5s);
    auto const goodbye = room.read_message().body;
    CHECK(goodbye.find(R"("reconnect":true)") != std::string::npos);
    CHECK(goodbye.find(R"("min_ms":)") != std::string::npos);
    CHECK(goodbye.find(R"("max_ms":)") != std::string::npos);
    CHECK(room.read_message().opcode == op::close);
    room.close();
    auto const told = [](client& reader) { // to come back after so many milliseconds
        auto const rest = reader.read_all();
        auto const retry = rest.rfind("retry: ");
        REQUIRE(retry != std::string::npos);
        CHECK(rest.ends_with("0\r\n\r\n"));
        reader.close();
        return std::stoi(rest.substr(retry + 7));
    };
    int const one = told(feed);
    int const other = told(other_feed);
    CHECK(one != other);
    CHECK(std::min(one, other) >= 2'000);
    CHECK(std::max(one, other) < 5'000);
    r.join();
    CHECK(draining.get().cut == 0);
}

TEST_CASE("draining on the host's loop reports there, also to who asks when it is over") {
    asio::io_context loop{1};
    server app{loop, {.port = 0}};
    add_routes(app);
    REQUIRE(app.start());
    std::thread thread{[&] { loop.run(); }};
    client silent{app.port()};
    REQUIRE(silent.open("/ws"));
    std::promise<drain_report> report;
    app.drain(200ms, [&](drain_report const& r) { report.set_value(r); });
    auto const r = report.get_future().get();
    CHECK(r.connections == 1);
    CHECK(r.cut == 1);
    std::promise<drain_report> again;
    app.drain(200ms, [&](drain_report const& r2) { again.set_value(r2); });
    CHECK(again.get_future().get().cut == 1);
    loop.stop();
    thread.join();
}

TEST_CASE("threat E7: a session may be used and let go from any thread; its end is told exactly once") {
    auto const seed = GENERATE(take(3, random(1, 1'000'000)));
    INFO("seed " << seed);
    std::mutex mutex;
    std::vector<websocket_session> sessions;
    std::atomic<int> opened{0};
    std::atomic<int> closed{0};
    test::running_server server{{.threads = 2}};
    server.app.websocket("/ws", [&](http_exchange const&) {
        struct handler final : websocket_handler {
            std::function<void(websocket_session const&)> open;
            std::atomic<int>* closed = nullptr;
            int ends = 0;
            void on_open(websocket_session const& s) override { open(s); }
            void on_message(websocket_session const& s, bytes_view data, bool) override {
                s.send_text(as_text(data));
                if (data.size() % 3 == 0)
                    s.close();
            }
            void on_drained(websocket_session const& s) override {
                if (s.queued_bytes() != 0)
                    s.close();
            }
            void on_close(close_code, std::string_view) override {
                ++ends;
                if (ends == 1)
                    ++*closed;
                else
                    *closed = -1'000'000;
            }
        };
        auto made = std::make_unique<handler>();
        made->closed = &closed;
        made->open = [&](websocket_session const& s) {
            ++opened;
            s.send_text("welcome");
            std::lock_guard const lock{mutex};
            sessions.push_back(s);
        };
        return made;
    });
    server.start();
    std::atomic<bool> over{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&, i] { // the program's threads
            seeded_random random{static_cast<std::uint64_t>(seed + i)};
            while (!over) {
                std::optional<websocket_session> one;
                {
                    std::lock_guard const lock{mutex};
                    if (!sessions.empty()) {
                        auto const at = random.below(sessions.size());
                        one = sessions[at];
                        if (random.below(4) == 0)
                            sessions.erase(sessions.begin() + static_cast<std::ptrdiff_t>(at));
                    }
                }
                if (!one) {
                    std::this_thread::yield();
                    continue;
                }
                if (random.below(4) == 0)
                    one->close(close_code::normal, "enough");
                else
                    one->send_text("hello");
            }
        });
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&, i] { // clients
            seeded_random random{static_cast<std::uint64_t>(seed + 10 + i)};
            for (int turn = 0; turn < 30; ++turn) {
                try {
                    auto c = server.connect();
                    if (c.open("/ws"))
                        c.send_text(std::string(1 + random.below(5), 'x'));
                    if (random.below(2) == 0)
                        c.reset();
                    else
                        c.read_message();
                } catch (std::runtime_error const&) { // it was closed
                }
            }
        });
    threads[3].join();
    threads[4].join();
    server.app.stop();
    server.app.stop();
    server.join();
    over = true;
    for (int i = 0; i < 3; ++i)
        threads[static_cast<std::size_t>(i)].join();
    CHECK(opened > 0);
    CHECK(closed == opened);
}
