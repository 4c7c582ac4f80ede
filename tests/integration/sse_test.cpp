#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"

#include <asio/awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using test::eventually;
using client = test::loopback_client;

namespace {

/// The next event as its lines, without the chunks around it; skips comments and the time to reconnect.
std::string next_event(client& c) {
    for (;;) {
        c.read_until("\r\n");
        auto block = c.read_until("\n\n\r\n");
        block.resize(block.size() - 4);
        if (!block.starts_with(':') && !block.starts_with("retry:"))
            return block;
    }
}

/// As many descriptors as this process may have.
std::size_t raised_descriptor_limit() {
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    return limit.rlim_cur;
}

std::size_t thread_count() {
    auto const tasks = std::filesystem::directory_iterator{"/proc/self/task"};
    return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

} // namespace

TEST_CASE("a stream begins with fields that keep proxies away, and a comment") {
    test::running_server f;
    f.app.sse("/s", [](http_exchange, sse_stream s) {
        (void)s.write({.event = "greeting", .id = "1", .data = "a\nb"});
        s.close();
    });
    auto c = f.connect();
    auto const head = c.get("/s");
    CHECK(head.status == 200);
    CHECK(head.field("Content-Type").starts_with("text/event-stream"));
    CHECK(head.field("Cache-Control").find("no-store") != std::string::npos);
    CHECK(head.field("X-Accel-Buffering") == "no");
    CHECK(head.field("Content-Length").empty());
    CHECK(head.field("Transfer-Encoding") == "chunked");
    auto const all = c.read_all();
    CHECK(all.find("event: greeting") != std::string::npos);
    CHECK(all.ends_with("0\r\n\r\n"));
}

TEST_CASE("clients of HTTP/1.0 get a stream without chunks, HEAD gets the fields alone") {
    test::running_server f;
    std::atomic<int> opened{0};
    f.app.sse("/s", [&](http_exchange, sse_stream s) {
        ++opened;
        (void)s.write({.data = "x"});
        s.close();
    });
    auto old = f.connect();
    old.send("GET /s HTTP/1.0\r\n\r\n");
    CHECK(old.read_response().field("Transfer-Encoding").empty());
    CHECK(old.read_all().find("data: x\n\n") != std::string::npos);
    auto head = f.connect();
    head.send(client::request("/s", {}, "HEAD"));
    CHECK(head.read_response().status == 200);
    CHECK(head.read_all().empty());
    CHECK(opened == 1);
}

TEST_CASE("a stream closed before it began ends in order") {
    test::running_server f;
    f.app.sse("/s", [](http_exchange, sse_stream s) { s.close(); });
    auto c = f.connect();
    CHECK(c.get("/s").status == 200);
    CHECK(c.read_all().ends_with("0\r\n\r\n"));
}

TEST_CASE("a silent stream is kept warm") {
    test::running_server f;
    f.app.sse("/s", [](http_exchange, sse_stream) {}, {.heartbeat = 60ms});
    auto c = f.stream("/s");
    for (int i = 0; i < 3; ++i)
        c.read_until(": keep-alive\n\n");
}

TEST_CASE("a stream ends after its time and tells when to come back") {
    test::running_server f;
    f.app.sse("/s", [](http_exchange, sse_stream) {}, {.max_age = 100ms, .retry = 1234ms});
    auto c = f.stream("/s");
    auto const begun = std::chrono::steady_clock::now();
    auto const all = c.read_all();
    CHECK(all.find("retry: 1234\n") != std::string::npos);
    CHECK(all.ends_with("0\r\n\r\n"));
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
}

TEST_CASE("events may be written from many threads; those of one stay in order") {
    test::running_server f;
    std::vector<std::thread> writers;
    std::atomic<int> refused{0};
    f.app.sse("/s", [&](http_exchange, sse_stream s) {
        for (int w = 0; w < 4; ++w)
            writers.emplace_back([s, w, &refused] {
                for (int i = 0; i < 200; ++i)
                    refused += s.write({.event = std::to_string(w), .data = std::to_string(i)}).value() !=
                               send_status::queued;
            });
    });
    auto c = f.stream("/s");
    std::vector<int> next(4);
    for (int n = 0; n < 800; ++n) {
        auto const event = next_event(c);
        auto const writer = static_cast<std::size_t>(event.at(std::string_view{"event: "}.size()) - '0');
        REQUIRE(event.ends_with("data: " + std::to_string(next[writer]++)));
    }
    for (auto& w : writers)
        w.join();
    CHECK(refused == 0);
}

TEST_CASE("a reader that lags costs a bounded amount of memory") {
    test::running_server f{{.http = {.outbox_limit = 64 * 1024}}};
    std::optional<sse_stream> stream;
    std::atomic<bool> open{false};
    f.app.sse("/s", [&](http_exchange, sse_stream s) {
        stream = s;
        open = true;
    });
    auto c = f.stream("/s", {}, 4 * 1024);
    REQUIRE(eventually([&] { return open.load(); }));
    std::string const data(16 * 1024, 'x');
    // From the first refusal on nothing gets through, and nothing is lost of what was taken.
    std::size_t taken = 0;
    REQUIRE(eventually([&] {
        for (;;) {
            auto const status = stream->write({.data = data}).value();
            REQUIRE(status != send_status::closed);
            if (status == send_status::full)
                return taken > 0;
            ++taken;
        }
    }));
    CHECK(taken < 2000);
    for (std::size_t i = 0; i < taken; ++i)
        REQUIRE(next_event(c).size() == data.size() + 6);
    CHECK(eventually([&] { return stream->write({.data = "again"}).value() == send_status::queued; }));
    CHECK(next_event(c) == "data: again");
}

TEST_CASE("a stream that nobody reads is ended") {
    test::running_server f;
    std::optional<sse_stream> stream;
    std::atomic<bool> open{false};
    f.app.sse("/s",
              [&](http_exchange, sse_stream s) {
                  stream = s;
                  open = true;
              },
              {.heartbeat = 50ms, .write_timeout = 150ms});
    auto c = f.stream("/s", {}, 4 * 1024);
    REQUIRE(eventually([&] { return open.load(); }));
    std::string const data(64 * 1024, 'x');
    CHECK(eventually([&] {
        (void)stream->write({.data = data});
        return !stream->is_open();
    }));
}

TEST_CASE("a link that swallows everything ends the stream within heartbeat and timeout") {
    test::running_server f;
    std::optional<std::stop_callback<std::function<void()>>> callback;
    std::atomic<bool> open{false};
    std::atomic<bool> stopped{false};
    f.app.sse("/s",
              [&](http_exchange, sse_stream s) {
                  callback.emplace(s.stop_token(), [&] { stopped = true; });
                  open = true;
              },
              {.heartbeat = 100ms, .write_timeout = 400ms});
    auto c = f.stream("/s");
    c.read_until(": keep-alive\n\n");
    c.black_hole();
    CHECK(eventually([&] { return stopped.load(); }, 3s));
}

TEST_CASE("two thousand idle streams cost two threads nothing, and all hear what is said") {
    test::running_server f{{.threads = 2}};
    f.app.feed("/feed/{room}");
    std::size_t const wanted = raised_descriptor_limit() / 3; // a stream is two sockets here
    std::size_t const count = std::min<std::size_t>(wanted, 2'000);
    std::vector<client> all;
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(f.connect());
        REQUIRE(all.back().get("/feed/news").status == 200);
    }
    CHECK(thread_count() <= 8); // the two, this one, and a sanitizer's
    for (auto& c : all)
        next_event(c); // its first id: from here on it is subscribed
    f.app.rooms().publish("news", {.data = payload{std::string_view{"hello"}}});
    for (auto& c : all)
        REQUIRE(next_event(c).ends_with("data: hello"));
}

TEST_CASE("the program learns within a second that the client has left") {
    test::running_server f;
    std::atomic<bool> open{false};
    std::atomic<bool> stopped{false};
    std::optional<std::stop_callback<std::function<void()>>> callback;
    f.app.sse("/s", [&](http_exchange, sse_stream s) {
        callback.emplace(s.stop_token(), [&] { stopped = true; });
        open = true;
    });
    auto c = f.stream("/s");
    REQUIRE(eventually([&] { return open.load(); }));
    CHECK_FALSE(stopped);
    if (GENERATE(false, true))
        c.close();
    else
        c.reset();
    CHECK(eventually([&] { return stopped.load(); }, 1s));
}

#if defined(ASIO_HAS_CO_AWAIT)
TEST_CASE("a coroutine runs at the reader's pace, and ends when the client leaves") {
    test::running_server f{{.http = {.outbox_limit = 64 * 1024}}};
    std::atomic<int> sent{0};
    std::atomic<bool> ended{false};
    f.app.sse("/s", [&](http_exchange, sse_stream s) -> asio::awaitable<void> {
        struct at_end {
            std::atomic<bool>& flag;
            ~at_end() { flag = true; }
        } const mark{ended};
        std::string const data(16 * 1024, 'x');
        for (;;) {
            co_await s.send({.data = data});
            ++sent;
        }
    });
    auto c = f.stream("/s", {}, 4 * 1024);
    // It stops by itself once all buffers on the way are full.
    int before = -1;
    REQUIRE(eventually([&] {
        std::this_thread::sleep_for(50ms);
        return std::exchange(before, sent.load()) == sent.load() && before > 0;
    }));
    CHECK_FALSE(ended);
    for (int i = 0; i < before + 100; ++i)
        REQUIRE(next_event(c).size() == 16 * 1024 + 6);
    c.close();
    CHECK(eventually([&] { return ended.load(); }));
}

TEST_CASE("a stream ends with its coroutine, also when that throws") {
    test::running_server f;
    bool const throws = GENERATE(false, true);
    f.app.sse("/s", [=](http_exchange, sse_stream s) -> asio::awaitable<void> {
        co_await s.send({.data = "only"});
        if (throws)
            throw 7;
    });
    auto c = f.stream("/s");
    CHECK(next_event(c) == "data: only");
    CHECK(c.read_all().ends_with("0\r\n\r\n"));
}
#endif

TEST_CASE("a feed carries on where the client left off") {
    test::running_server f;
    f.app.feed("/feed/{room}");
    auto c = f.stream("/feed/news");
    auto const first = next_event(c); // an id without an event
    REQUIRE(first.starts_with("id: "));
    for (int i = 1; i <= 5; ++i)
        f.app.rooms().publish("news", {.data = payload{std::to_string(i)}});
    std::string id;
    for (int i = 1; i <= 3; ++i) {
        auto const event = next_event(c);
        CHECK(event.ends_with("data: " + std::to_string(i)));
        id = event.substr(4, event.find('\n') - 4);
    }
    c.reset();
    auto again = f.stream("/feed/news", "Last-Event-ID: " + id + "\r\n");
    CHECK(next_event(again).ends_with("data: 4"));
    CHECK(next_event(again).ends_with("data: 5"));
    f.app.rooms().publish("news", {.data = payload{std::string_view{"6"}}});
    CHECK(next_event(again).ends_with("data: 6"));
}

TEST_CASE("a position that is lost is told, not hidden") {
    test::running_server f;
    f.app.feed("/feed/{room}");
    auto const id = GENERATE(as<std::string>{}, "other:3", "nonsense", ":", "x:99999999999999999999");
    auto c = f.stream("/feed/news", "Last-Event-ID: " + id + "\r\n");
    auto const event = next_event(c);
    CHECK(event.find("event: reset") != std::string::npos);
    CHECK(event.find("id: ") != std::string::npos);
}

TEST_CASE("an id that no stream gave is refused") {
    test::running_server f;
    f.app.feed("/feed/{room}");
    auto c = f.connect();
    CHECK(c.get("/feed/news", "Last-Event-ID: " + std::string(600, 'x') + "\r\n").status == 400);
}

TEST_CASE("what was missed arrives whole, even when it is more than a slow reader may lag") {
    test::running_server f{
        {.http = {.outbox_limit = 32 * 1024}, .rooms = {.history = {.messages = 200, .bytes = 16 << 20}}}};
    f.app.feed("/feed/{room}");
    auto c = f.stream("/feed/news");
    next_event(c);
    f.app.rooms().publish("news", {.data = payload{std::string_view{"first"}}}); // keeps the room
    auto const first = next_event(c);
    auto const id = first.substr(4, first.find('\n') - 4);
    c.reset();
    std::string const data(64 * 1024, 'x'); // in all more than the operating system takes
    for (int i = 0; i < 100; ++i)
        f.app.rooms().publish("news", {.data = payload{data}});
    auto again = f.stream("/feed/news", "Last-Event-ID: " + id + "\r\n", 4 * 1024);
    REQUIRE(next_event(again).ends_with(data));
    // Nor does what is said meanwhile cut it off.
    for (int i = 0; i < 5; ++i)
        f.app.rooms().publish("news", {.data = payload{std::string_view{"live"}}});
    for (int i = 1; i < 100; ++i)
        REQUIRE(next_event(again).ends_with(data));
    for (int i = 0; i < 5; ++i)
        REQUIRE(next_event(again).ends_with("data: live"));
}

TEST_CASE("a feed's slow reader is closed and resumes") {
    test::running_server f{{.http = {.outbox_limit = 64 * 1024},
                            .rooms = {.history = {.messages = 10'000, .bytes = 256 << 20}}}};
    f.app.feed("/feed/{room}");
    auto c = f.stream("/feed/news", {}, 4 * 1024);
    auto const id = next_event(c).substr(4);
    std::string const data(64 * 1024, 'x');
    for (int i = 0; i < 500; ++i)
        f.app.rooms().publish("news", {.data = payload{data}});
    CHECK_THROWS([&] {
        for (int i = 0; i < 500; ++i)
            next_event(c);
    }());
    auto again = f.stream("/feed/news", "Last-Event-ID: " + id + "\r\n");
    for (int i = 0; i < 500; ++i)
        REQUIRE(next_event(again).ends_with(data));
}

TEST_CASE("data that is no text does not end a feed") {
    test::running_server f;
    f.app.feed("/feed/{room}");
    auto c = f.stream("/feed/news");
    next_event(c);
    f.app.rooms().publish("news", {.data = payload{std::string_view{"\xff\xfe"}}, .binary = true});
    f.app.rooms().publish("news", {.data = payload{std::string_view{"text"}}});
    CHECK(next_event(c).ends_with("data: text"));
}
