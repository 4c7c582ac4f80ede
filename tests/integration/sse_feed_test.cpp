// Feeds of many rooms in one stream, and streams that are cut anywhere.
#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/event_reader.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using client = test::loopback_client;

namespace {

struct fixture : test::running_server {
    explicit fixture(sse_feed_options options = {}, std::size_t threads = 2, std::size_t outbox = 1 << 20)
        : running_server{{.threads = threads,
                          .http = {.outbox_limit = outbox},
                          .rooms = {.history = {.messages = 10'000, .bytes = 64 << 20}}}} {
        app.feed("/feed", options);
        app.feed("/feed/{room}", options);
        start();
    }
    void publish(std::string_view room, std::string_view text) {
        app.rooms().publish(room, {.data = payload{text}});
    }
    int status(std::string_view path, std::string_view fields = {}) {
        return connect().get(path, fields).status;
    }
};

/// Reads what comes by itself until the client has an id.
void await_id(client& c, test::event_reader& reader) {
    while (reader.last_id().empty())
        reader.feed(c.read_some());
}

} // namespace

TEST_CASE("one stream carries many rooms, and resumes in all of them") {
    fixture f;
    auto c = f.stream("/feed?room=news&room=weather&room=news");
    test::event_reader reader;
    await_id(c, reader);
    f.publish("news", "n1");
    auto const n1 = reader.next(c);
    REQUIRE(n1);
    CHECK(n1->type == "news");
    CHECK(n1->data == "n1");
    f.publish("weather", "w1");
    CHECK(reader.next(c)->type == "weather");
    f.publish("elsewhere", "not here");
    f.publish("news", "n2");
    auto const n2 = reader.next(c);
    CHECK(n2->data == "n2");
    c.reset();
    for (auto const text : {"n3", "n4"})
        f.publish("news", text);
    f.publish("weather", "w2");

    // From the first id: everything that came after it, in each room; from the last: what was missed.
    for (auto const& [id, expected] : std::map<std::string, std::map<std::string, std::vector<std::string>>>{
             {n1->id, {{"news", {"n2", "n3", "n4", "n5"}}, {"weather", {"w1", "w2"}}}},
             {n2->id, {{"news", {"n3", "n4", "n5"}}, {"weather", {"w2"}}}}}) {
        auto again = f.stream("/feed?room=weather&room=news", test::last_event_id(id));
        test::event_reader more{id};
        std::map<std::string, std::vector<std::string>> got;
        for (std::size_t left = expected.at("news").size() + expected.at("weather").size(); left != 0;
             --left) {
            if (left == 1 && expected.at("news").size() == got["news"].size() + 1 && id == n1->id)
                f.publish("news", "n5");
            auto const e = more.next(again);
            REQUIRE(e);
            got[e->type].push_back(e->data);
        }
        CHECK(got == expected);
    }
}

TEST_CASE("a room whose position is lost is named in a reset, the others go on") {
    fixture f;
    auto c = f.stream("/feed?room=a&room=b");
    test::event_reader reader;
    await_id(c, reader);
    f.publish("a", "a1");
    auto const id = reader.next(c)->id;
    f.publish("a", "a2");
    auto again = f.stream("/feed?room=a&room=b&room=c", test::last_event_id(id)); // c is new to this client
    test::event_reader more{id};
    std::vector<std::string> got;
    for (int i = 0; i < 2; ++i) {
        auto const e = more.next(again);
        got.push_back(e->type + " " + e->data);
    }
    std::sort(got.begin(), got.end());
    CHECK(got == std::vector<std::string>{"a a2", R"(reset {"room":"c","reason":"position lost"})"});

    auto strange = f.stream("/feed?room=a&room=b", test::last_event_id("v1.nonsense"));
    test::event_reader all;
    for (int i = 0; i < 2; ++i)
        CHECK(all.next(strange)->type == "reset");
    f.publish("b", "b1");
    CHECK(all.next(strange)->data == "b1");
}

TEST_CASE("rooms that cannot be named in a stream are refused, and too many") {
    fixture f;
    CHECK(f.status("/feed") == 400);
    for (auto const* name : {"", "reset", "open", "error", "message", "ping", "a%0Ab", "a%00b"})
        CHECK(f.status(std::string{"/feed?room="} + name) == 400);
    CHECK(f.status("/feed?room=" + std::string(256, 'x')) == 400);
    std::string many = "/feed?room=0";
    for (int i = 1; i <= 16; ++i)
        many += "&room=" + std::to_string(i);
    CHECK(f.status(many) == 400);
    CHECK(f.status("/feed?room=a", "Last-Event-ID: " + std::string(600, 'x') + "\r\n") == 400);
}

TEST_CASE("threat C4: the host decides about every room, and 204 stops a client for good") {
    fixture f{{.admit = [](http_exchange const& exchange, std::string_view room) {
        return room == "secret" ? 403 : exchange.request().headers.get("Cookie") == "over" ? 204 : 200;
    }}};
    CHECK(f.status("/feed?room=a&room=secret") == 403);
    CHECK(f.status("/feed/secret") == 403);
    CHECK(f.status("/feed?room=a", "Cookie: over\r\n") == 204);
    CHECK(f.status("/feed/a", "Cookie: over\r\n") == 204);
    f.stream("/feed?room=a&room=b");
}

TEST_CASE("threat C2: connections cut at any byte lose nothing and repeat nothing") {
    bool const many = GENERATE(false, true);
    auto const seed = test::seed();
    INFO("seed " << seed << (many ? ", many rooms" : ", one room"));
    seeded_random random{seed};
    fixture f;
    std::string const path = many ? "/feed?room=r0&room=r1&room=r2" : "/feed/r0";
    std::size_t const rooms = many ? 3 : 1;
    constexpr int total = 4'000;
    std::array<int, 3> got{};
    std::string id;
    for (std::size_t r = 0; r < rooms; ++r)
        f.publish("r" + std::to_string(r), "0"); // a room that is empty and unused is forgotten
    {
        auto c = f.stream(path);
        test::event_reader reader;
        await_id(c, reader);
        id = reader.last_id();
    }
    std::atomic<int> slowest{0};
    std::jthread const publisher{[&](std::stop_token const& quit) {
        for (int i = 1; i <= total; ++i) {
            for (std::size_t r = 0; r < rooms; ++r)
                f.publish("r" + std::to_string(r), std::to_string(i));
            while (
                i > slowest + 200 &&
                !quit.stop_requested()) // or every return brings the whole history, of which most is cut off
                std::this_thread::sleep_for(1ms);
        }
    }};
    int cuts = 0;
    auto const done = [&] {
        return std::all_of(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(rooms),
                           [](int n) { return n == total; });
    };
    while (!done()) {
        auto c = f.connect();
        c.send(client::request(path, "Last-Event-ID: " + id + "\r\n"));
        auto budget = random.below(4'000); // bytes of the body that still arrive
        test::event_reader reader{id};
        REQUIRE(c.read_response().status == 200);
        while (budget != 0 && !done()) {
            auto bytes = c.read_some();
            bytes.resize(std::min<std::size_t>(bytes.size(), budget));
            budget -= bytes.size();
            reader.feed(bytes);
            while (auto const e = reader.take()) {
                REQUIRE(e->type != "reset");
                auto& last = got[many ? static_cast<std::size_t>(e->type.at(1) - '0') : 0];
                REQUIRE(e->data == std::to_string(last + 1));
                ++last;
            }
            slowest = *std::min_element(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(rooms));
        }
        id = reader.last_id();
        c.reset();
        ++cuts;
    }
    CHECK(cuts > 20);
}

TEST_CASE("a feed of many rooms whose reader lags is closed, and resumes") {
    fixture f{{}, 1, 64 * 1024};
    auto c = f.connect(64 * 1024); // less would drain too slowly
    c.send(client::request("/feed?room=a&room=b"));
    REQUIRE(c.read_response().status == 200);
    test::event_reader reader;
    await_id(c, reader);
    std::string const data(32 * 1024, 'x');
    constexpr int total = 400; // more than the operating system keeps for one connection
    for (int i = 0; i < total; ++i)
        f.publish(i % 2 == 0 ? "a" : "b", std::to_string(i) + data);
    int got = 0;
    try {
        while (reader.next(c))
            ++got;
    } catch (std::runtime_error const&) { // cut in the middle
    }
    REQUIRE(got < total);
    auto again = f.stream("/feed?room=a&room=b", test::last_event_id(reader.last_id()));
    test::event_reader more{reader.last_id()};
    for (; got < total; ++got) {
        auto const e = more.next(again);
        REQUIRE(e);
        REQUIRE(e->type != "reset");
    }
}
