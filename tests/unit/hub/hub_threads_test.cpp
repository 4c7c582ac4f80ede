#include <unisono/hub/hub.hpp>
#include <unisono/hub/stream_cursor.hpp>

#include "support/catch.hpp"
#include "support/thread_executor.hpp"

#include <atomic>
#include <deque>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace unisono;

namespace {

constexpr std::size_t shard_count = 4;
constexpr std::size_t publisher_count = 8;
constexpr std::size_t publications = 300; // of each publisher
char const* const room_names[] = {"a", "b", "c"};

/// Follows a room on its shard; leaves now and then in the middle of a delivery, and comes back.
struct follower : subscriber, std::enable_shared_from_this<follower> {
    hub& rooms;
    std::size_t where;
    std::string room;
    std::atomic<bool> const& settled;
    std::atomic<std::size_t>& errors;
    subscription link;
    stream_cursor seen;
    bool come_back = false;
    std::size_t heard = 0;
    std::size_t recovered = 0;

    follower(hub& h, std::size_t shard, std::string name, std::atomic<bool> const& s,
             std::atomic<std::size_t>& e)
        : rooms(h), where(shard), room(std::move(name)), settled(s), errors(e) {}

    void join() {
        subscribe_options wish{.recover_limit = 100'000};
        if (come_back)
            wish.recover = seen.at();
        rooms.subscribe(where, room, shared_from_this(), std::move(wish),
                        [self = shared_from_this()](subscription s, subscribed const& past) {
                            self->begin(std::move(s), past);
                        });
    }
    void begin(subscription s, subscribed const& past) {
        link = std::move(s);
        if (come_back && !past.recovered) // everything is kept
            ++errors;
        for (auto const& m : past.messages)
            take(*m);
        recovered += past.messages.size();
        if (!come_back)
            seen = stream_cursor{past.at};
        else if (seen.at() != past.at)
            ++errors;
        come_back = true;
    }
    void deliver(message_ptr const& m) override {
        take(*m);
        if (++heard % 50 == 0 && !settled) {
            link.cancel();
            rooms.shard(where).post([self = shared_from_this()] { self->join(); });
        }
    }
    void take(message const& m) {
        if (seen.accept(m.offset) != arrival::next)
            ++errors;
    }
};

/// Waits until what is under way now has gone from every thread through every room to every shard.
void wait_for_all(hub& rooms) {
    for (auto const* room : room_names)
        for (std::size_t where = 0; where < shard_count; ++where) {
            auto const arrived = std::make_shared<std::promise<void>>();
            rooms.run_on_owner(
                room, [&rooms, where, arrived] { rooms.run_on(where, [arrived] { arrived->set_value(); }); });
            arrived->get_future().wait();
        }
}

} // namespace

TEST_CASE("threads publish while subscribers come and go: nobody misses or doubles a message") {
    std::deque<test::thread_executor> shards(shard_count);
    std::vector<executor*> pointers;
    for (auto& s : shards)
        pointers.push_back(&s);
    hub rooms{pointers, {.history = {.messages = 100'000, .bytes = std::size_t{64} << 20}}};

    std::atomic<bool> settled{false};
    std::atomic<std::size_t> errors{0}, duplicates{0}, placed{0};
    std::vector<std::shared_ptr<follower>> followers;
    for (std::size_t where = 0; where < shard_count; ++where)
        for (auto const* room : room_names)
            for (int i = 0; i < 4; ++i) {
                followers.push_back(std::make_shared<follower>(rooms, where, room, settled, errors));
                followers.back()->join();
            }
    wait_for_all(rooms);

    std::vector<std::thread> publishers;
    for (std::size_t p = 0; p < publisher_count; ++p)
        publishers.emplace_back([&, p] {
            for (std::size_t i = 0; i < publications; ++i) {
                auto const* room = room_names[(p + i) % 3];
                // Two publishers say the same with the same key: one of them is heard.
                rooms.publish(room,
                              {.data = payload{std::string_view{"x"}},
                               .idempotency_key = std::to_string(p / 2) + "-" + std::to_string(p + i)},
                              [&](published const& done) { ++(done.duplicate ? duplicates : placed); });
                if (i % 100 == 0)
                    rooms.sweep(p % shard_count);
            }
        });
    for (auto& p : publishers)
        p.join();
    settled = true;
    for (int hop = 0; hop < 4; ++hop) // the last who left comes back: to the room's shard, and back here
        wait_for_all(rooms);

    CHECK(errors == 0);
    CHECK(placed + duplicates == publisher_count * publications);
    CHECK(duplicates > 0);
    std::size_t tops = 0, recovered = 0;
    for (auto const* room : room_names) {
        auto const top = std::make_shared<std::promise<position>>();
        rooms.history(room, {.limit = 0}, [top](history_page const& page) { top->set_value(page.at); });
        auto const at = top->get_future().get();
        tops += at.offset;
        for (auto const& f : followers) {
            if (f->room != room)
                continue;
            auto const seen = std::make_shared<std::promise<position>>();
            shards[f->where].post([&recovered, f, seen] {
                recovered += f->recovered; // one at a time: we wait
                f->link.cancel();
                seen->set_value(f->seen.at());
            });
            CHECK(seen->get_future().get() == at);
        }
    }
    CHECK(tops == placed);
    CHECK(recovered > 0); // else nobody came back
    wait_for_all(rooms);
    for (auto& s : shards)
        s.stop();
}
