// Readers that stall or lag: what they cost, what they get, and what those beside them notice.
#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/event_reader.hpp"
#include "support/loopback_client.hpp"
#include "support/resident_memory.hpp"
#include "support/running_server.hpp"

#include <asio/awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

using namespace unisono;
using client = test::loopback_client;
using op = websocket_opcode;

namespace {

constexpr std::size_t outbox_limit = 64 * 1024;
constexpr int healthy = 10;
constexpr int stalled = 20;

struct fixture : test::running_server {
    fixture()
        : running_server{
              {.threads = 2, .http = {.outbox_limit = outbox_limit}, .rooms = {.history = {.messages = 4}}}} {
        app.rooms("/rooms");
        app.feed("/feed/{room}");
    }
    std::size_t queued_bytes() {
        std::promise<std::size_t> answer;
        app.inspect([&](inspection const& seen) { answer.set_value(seen.queued_bytes); });
        return answer.get_future().get();
    }

    /// Publishes more than the operating system takes for those who stall, each message when everybody else
    /// has read the one before, as `read_all(data)` says: so nobody waits for those who stall. Meanwhile they
    /// cost what their outboxes may hold, and no more.
    template <class ReadAll>
    void publish_past_the_stalled(ReadAll&& read_all) {
        constexpr int count = 600;
        constexpr std::size_t size = 16 * 1024;
        std::size_t most_queued = 0;
        std::size_t most_allocated = 0;
        auto const before = test::allocated_memory();
        for (int i = 0; i < count; ++i) {
            std::string data = std::to_string(i) + " ";
            data.resize(size, 'x');
            app.rooms().publish("r", {.data = payload{'"' + data + '"'}});
            read_all(data);
            most_queued = std::max(most_queued, queued_bytes());
            most_allocated = std::max(most_allocated, test::allocated_memory());
        }
        CHECK(most_queued > outbox_limit / 2); // they did stall
        CHECK(most_queued < stalled * outbox_limit * 11 / 10);
        CHECK(most_allocated - std::min(before, most_allocated) < stalled * outbox_limit * 11 / 10);
    }
};

} // namespace

TEST_CASE("threat B7: WebSockets that stall cost their outboxes, are told to come back, and hold up nobody") {
    fixture f;
    auto const enter = [&](int receive_buffer) {
        auto c = f.open("/rooms", receive_buffer);
        c.send_text(R"({"type":"connect","id":1,"payload":{"v":1,"subs":{"r":{}}}})");
        c.read_message();
        return c;
    };
    std::vector<client> readers;
    for (int i = 0; i < healthy; ++i)
        readers.push_back(enter(0));
    std::vector<client> sleepers;
    for (int i = 0; i < stalled; ++i)
        sleepers.push_back(enter(4 * 1024));

    f.publish_past_the_stalled([&](std::string const& data) {
        for (auto& r : readers)
            REQUIRE(r.read_message().body.find(data) != std::string::npos);
    });

    for (auto& s : sleepers) { // they wake up, and hear why they missed the rest
        auto last = s.read_message();
        std::string said;
        for (; last.opcode != op::close; last = s.read_message())
            said = std::move(last.body);
        CHECK(last.close_code() == 3008);
        CHECK(said.find(R"("reconnect":true)") != std::string::npos);
    }
}

TEST_CASE("threat C3: event streams that stall cost their outboxes, are ended, and hold up nobody") {
    fixture f;
    struct reader {
        client link;
        test::event_reader events = test::event_reader{};
    };
    auto const enter = [&](int receive_buffer) {
        reader r{f.stream("/feed/r", {}, receive_buffer)};
        while (r.events.last_id().empty()) // it is in the room
            r.events.feed(r.link.read_some());
        return r;
    };
    std::vector<reader> readers;
    for (int i = 0; i < healthy; ++i)
        readers.push_back(enter(0));
    std::vector<reader> sleepers;
    for (int i = 0; i < stalled; ++i)
        sleepers.push_back(enter(4 * 1024));

    f.publish_past_the_stalled([&](std::string const& data) {
        for (auto& r : readers)
            REQUIRE(r.events.next(r.link)->data == '"' + data + '"');
    });

    for (auto& s : sleepers) { // they got the first messages, whole and in order
        int next = 0;
        while (auto const e = s.events.next(s.link))
            REQUIRE(e->data.starts_with('"' + std::to_string(next++) + ' '));
        CHECK(next > 0);
        CHECK(next < 600);
        CHECK_FALSE(s.events.last_id().empty()); // from where it resumes
    }
}

namespace {

/// Messages of 1 byte to 1 MiB: about as many small as large ones, in any order, no two alike.
std::vector<std::string> mixed_messages(seeded_random& random) {
    std::vector<std::string> all;
    for (std::size_t const size : {1, 125, 126, 65'535, 65'536, 1 << 20})
        all.emplace_back(size, 'x');
    for (int i = 0; i < 150; ++i)
        all.emplace_back((std::size_t{1} << random.below(20)) + random.below(20), 'x');
    for (std::size_t i = all.size(); i-- > 1;)
        std::swap(all[i], all[random.below(i + 1)]);
    for (auto& message : all)
        for (char& c : message)
            c = static_cast<char>('a' + random.below(26));
    return all;
}

/// Says everything as fast as the outbox takes it.
class speaker final : public websocket_handler {
public:
    speaker(std::vector<std::string> const& messages, std::atomic<int>& waits)
        : messages_(messages), waits_(waits) {}

    void on_open(websocket_session const& s) override { go_on(s); }
    void on_drained(websocket_session const& s) override { go_on(s); }
    void on_low_water(websocket_session const& s) override { go_on(s); }
    void on_message(websocket_session const&, bytes_view, bool) override {}

private:
    void go_on(websocket_session const& s) {
        for (; next_ < messages_.size(); ++next_)
            if (s.send_text(messages_[next_]) == send_status::full) {
                ++waits_;
                return;
            }
    }
    std::vector<std::string> const& messages_;
    std::atomic<int>& waits_;
    std::size_t next_ = 0;
};

} // namespace

TEST_CASE("small and large messages arrive whole and in order at a reader that lags") {
    auto const seed = GENERATE(take(2, random(1, 1'000'000)));
    INFO("seed " << seed);
    seeded_random random{static_cast<std::uint64_t>(seed)};
    auto const messages = mixed_messages(random);
    std::atomic<int> waits{0};
    test::running_server s{{.http = {.outbox_limit = 256 * 1024}}};
    SECTION("over a WebSocket") {
        s.app.websocket("/ws",
                        [&](http_exchange const&) { return std::make_unique<speaker>(messages, waits); });
        auto c = s.open("/ws", 8 * 1024);
        for (auto const& expected : messages) {
            auto const frame = c.read_message();
            REQUIRE(frame.opcode == op::text);
            REQUIRE((frame.body == expected));
        }
        CHECK(waits > 0);
    }
    SECTION("over an event stream") {
        s.app.sse("/s", [&](http_exchange, sse_stream stream) -> asio::awaitable<void> {
            for (auto const& message : messages)
                co_await stream.send({.data = message});
        });
        auto c = s.stream("/s", {}, 8 * 1024);
        test::event_reader events;
        for (auto const& expected : messages) {
            auto const e = events.next(c);
            REQUIRE(e);
            REQUIRE((e->data == expected));
        }
        CHECK_FALSE(events.next(c));
        CHECK(events.ended());
    }
}
