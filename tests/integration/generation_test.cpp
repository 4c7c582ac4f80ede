// Answers that outlive the connections of those who read them.
#include <unisono/server/server.hpp>
#include <unisono/transport/generation.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/event_reader.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using client = test::loopback_client;
using test::eventually;

namespace {

struct fixture : test::running_server {
    generations answers;

    explicit fixture(generation_options options = {})
        : running_server{{.threads = 3}}, // viewers land on any of them
          answers{app.rooms(), options} {
        app.get("/answers/{key}", [this](http_exchange const& exchange) {
            answers.view(exchange, app.index_of(exchange.home()), exchange.parameter("key"),
                         exchange.request().headers.get("User"));
        });
        start();
    }
    generation begin(std::string_view key) {
        auto started = answers.start(key, "ann");
        REQUIRE(started);
        return *std::move(started);
    }
    client view(std::string_view path, std::string const& last_id = {}) {
        return stream(path, "User: ann\r\n" + test::last_event_id(last_id));
    }
    int status(std::string_view path, std::string_view fields = "User: ann\r\n") {
        return connect().get(path, fields).status;
    }
};

void say(generation const& to, int from, int until) {
    for (int i = from; i <= until; ++i)
        REQUIRE(to.write({.event = "token", .data = std::to_string(i)}).value() == send_status::queued);
}

/// The numbers that come until the stream ends.
std::vector<int> rest_of(client& c, test::event_reader& reader) {
    std::vector<int> all;
    while (auto const e = reader.next(c))
        all.push_back(e->type == "token" ? std::stoi(e->data) : -1);
    return all;
}

std::vector<int> numbers(int from, int until) {
    std::vector<int> all;
    for (int i = from; i <= until; ++i)
        all.push_back(i);
    return all;
}

} // namespace

TEST_CASE("a viewer who drops out resumes the same answer, and others see it whole") {
    fixture f;
    auto const answer = f.begin("a");
    say(answer, 1, 5);
    auto c = f.view("/answers/a");
    test::event_reader reader;
    std::string id;
    for (int i = 1; i <= 3; ++i) {
        auto const e = reader.next(c);
        CHECK(e->data == std::to_string(i));
        id = e->id;
    }
    c.reset();
    say(answer, 6, 8);
    auto again = f.view("/answers/a", id);
    auto late = f.view("/answers/a");
    auto from = f.view("/answers/a?from=4");
    say(answer, 9, 10);
    answer.finish();
    CHECK(answer.write({.data = "late"}).value() == send_status::closed);
    test::event_reader more{id}, whole, part;
    CHECK(rest_of(again, more) == numbers(4, 10));
    CHECK(rest_of(late, whole) == numbers(1, 10));
    CHECK(rest_of(from, part) == numbers(5, 10));
    CHECK(more.ended());
    // It is kept: for those who come now, and for those who have it all and would come back for ever.
    auto after = f.view("/answers/a");
    test::event_reader once_more;
    CHECK(rest_of(after, once_more) == numbers(1, 10));
    CHECK(f.status("/answers/a", "User: ann\r\nLast-Event-ID: " + once_more.last_id() + "\r\n") == 204);
    CHECK(f.status("/answers/a?from=10") == 204);
}

TEST_CASE("an answer is seen and cancelled by its owner alone") {
    fixture f;
    auto const answer = f.begin("a");
    CHECK(f.status("/answers/a", "User: bob\r\n") == 404);
    CHECK(f.status("/answers/a", "") == 404);
    CHECK(f.status("/answers/b") == 404);
    CHECK(f.status("/answers/a?from=x") == 400);
    CHECK_FALSE(f.answers.cancel("a", "bob"));
    CHECK_FALSE(answer.stop_token().stop_requested());
    auto c = f.view("/answers/a");
    say(answer, 1, 2);
    CHECK(f.answers.running() == 1);
    CHECK(f.answers.cancel("a", "ann", {.event = "stopped", .data = ""}));
    CHECK(answer.stop_token().stop_requested());
    CHECK(answer.write({.data = "late"}).value() == send_status::closed);
    CHECK_FALSE(f.answers.cancel("a", "ann"));
    CHECK(f.answers.running() == 0);
    test::event_reader reader;
    CHECK(rest_of(c, reader) == std::vector<int>{1, 2, -1});
}

TEST_CASE("a key has one producer while its answer is kept") {
    fixture f{{.ttl = 50ms, .max_count = 2}};
    {
        auto const answer = f.begin("a");
        CHECK(f.answers.start("a", "ann").error() == std::errc::file_exists);
        auto const b = f.begin("b");
        CHECK(f.answers.start("c", "ann").error() == std::errc::device_or_resource_busy);
    } // both end with their last handle
    CHECK(f.answers.running() == 0);
    auto c = f.view("/answers/b");
    CHECK(c.read_all().ends_with("0\r\n\r\n"));
    f.begin("c"); // takes the place of the one that ended first
    CHECK(f.status("/answers/b") == 404);
    CHECK(eventually([&] { return f.answers.start("a", "ann").has_value(); }, 2s));
}

TEST_CASE("what is no longer kept of an answer is told") {
    fixture f{{.events = 5}};
    auto const answer = f.begin("a");
    say(answer, 1, 3);
    std::string id;
    {
        auto c = f.view("/answers/a");
        test::event_reader reader;
        auto const first = reader.next(c);
        CHECK(first->data == "1");
        id = first->id;
    }
    say(answer, 4, 20);
    answer.finish();
    for (auto const& last : {std::string{}, id, std::string{"other:3"}, std::string{"nonsense"}}) {
        auto c = f.view("/answers/a", last);
        test::event_reader reader{last};
        std::vector<int> expected = numbers(16, 20);
        expected.insert(expected.begin(), -1);
        CHECK(rest_of(c, reader) == expected);
    }
}

TEST_CASE("threat C2: viewers of an answer cut at any byte miss nothing and see nothing twice") {
    auto const seed = test::seed();
    INFO("seed " << seed);
    seeded_random random{seed};
    fixture f;
    constexpr int total = 2'000;
    auto const answer = f.begin("a");
    std::jthread const producer{[&] {
        for (int i = 1; i <= total; ++i) {
            (void)answer.write({.event = "token", .data = std::to_string(i)});
            if (i % 16 == 0)
                std::this_thread::sleep_for(1ms);
        }
        answer.finish();
    }};
    std::string id;
    int got = 0;
    int cuts = 0;
    for (;;) {
        auto c = f.connect();
        c.send(client::request("/answers/a", "User: ann\r\nLast-Event-ID: " + id + "\r\n"));
        auto const status = c.read_response().status;
        if (status == 204)
            break;
        REQUIRE(status == 200);
        test::event_reader reader{id};
        for (auto budget = random.below(3'000); budget != 0;) {
            auto bytes = c.read_some();
            if (bytes.empty())
                break;
            bytes.resize(std::min<std::size_t>(bytes.size(), budget));
            budget -= bytes.size();
            reader.feed(bytes);
            while (auto const e = reader.take()) {
                REQUIRE(e->type == "token");
                REQUIRE(e->data == std::to_string(++got));
            }
        }
        id = reader.last_id();
        c.reset();
        ++cuts;
    }
    CHECK(got == total);
    CHECK(cuts > 10);
}
