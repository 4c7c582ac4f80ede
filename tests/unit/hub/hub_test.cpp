#include <unisono/core/manual_executor.hpp>
#include <unisono/hub/hub.hpp>

#include "support/catch.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>

using namespace unisono;

namespace {

struct listener : subscriber {
    std::string heard;
    std::vector<std::uint64_t> offsets;
    std::function<void(message_ptr const&)> react;

    void deliver(message_ptr const& m) override {
        heard += m->data.text();
        if (m->offset != 0)
            offsets.push_back(m->offset);
        if (react)
            react(m);
    }
};

/// A hub over shards whose tasks run when the test says so.
struct house {
    std::deque<manual_executor> shards;
    manual_clock time;
    seeded_random random{1};
    hub rooms;
    std::map<listener*, subscription> held;

    explicit house(std::size_t count)
        : shards(count), rooms(pointers(), {.clock = &time, .random = &random}) {}

    std::vector<executor*> pointers() {
        std::vector<executor*> all;
        for (auto& s : shards)
            all.push_back(&s);
        return all;
    }
    void settle() {
        bool more = true;
        while (more) {
            more = false;
            for (auto& s : shards)
                more |= s.run() != 0;
        }
    }
    void publish(std::string_view room, std::string_view text, subscriber const* exclude = nullptr) {
        rooms.publish(room, {.data = payload{text}, .exclude = exclude});
    }
    subscribed join(std::size_t where, std::string_view room, std::shared_ptr<listener> who,
                    subscribe_options options = {}) {
        subscribed got;
        rooms.subscribe(where, room, who, std::move(options), [&](subscription s, subscribed past) {
            held[who.get()] = std::move(s);
            got = std::move(past);
        });
        settle();
        return got;
    }
};

} // namespace

TEST_CASE("everyone in a room hears what is published, on every shard") {
    house h{3};
    std::vector<std::shared_ptr<listener>> all;
    for (std::size_t i = 0; i < 9; ++i) {
        all.push_back(std::make_shared<listener>());
        h.join(i % 3, "lobby", all.back());
    }
    auto elsewhere = std::make_shared<listener>();
    h.join(0, "other", elsewhere);
    h.publish("lobby", "a");
    h.publish("lobby", "b", all[4].get());
    h.settle();
    for (std::size_t i = 0; i < all.size(); ++i)
        CHECK(all[i]->heard == (i == 4 ? "a" : "ab"));
    CHECK(elsewhere->heard.empty());
}

TEST_CASE("leaving takes effect at once, also in the middle of a delivery") {
    house h{1};
    auto first = std::make_shared<listener>();
    auto second = std::make_shared<listener>();
    auto third = std::make_shared<listener>();
    for (auto const& l : {first, second, third})
        h.join(0, "r", l);
    first->react = [&](auto const&) { h.held.erase(second.get()); };
    h.publish("r", "x");
    h.settle();
    CHECK(first->heard == "x");
    CHECK(second->heard.empty());
    CHECK(third->heard == "x");
    h.held.clear();
    h.settle();
    h.publish("r", "y");
    h.settle();
    CHECK(third->heard == "x");
}

TEST_CASE("what a subscriber publishes while being delivered to comes after, for everybody") {
    house h{1};
    auto echo = std::make_shared<listener>();
    auto witness = std::make_shared<listener>();
    h.join(0, "r", echo);
    h.join(0, "r", witness);
    echo->react = [&](message_ptr const& m) {
        if (m->data.text() == "1")
            h.publish("r", "2");
    };
    h.publish("r", "1");
    h.settle();
    CHECK(echo->heard == "12");
    CHECK(witness->heard == "12");
}

TEST_CASE("a newcomer gets the latest, a returning one what it missed") {
    house h{2};
    for (auto t : {"a", "b", "c"})
        h.publish("r", t);
    h.settle();
    auto newcomer = std::make_shared<listener>();
    auto past = h.join(1, "r", newcomer, {.last = 2});
    REQUIRE(past.messages.size() == 2);
    CHECK(past.messages[0]->data.text() == "b");
    CHECK(past.at.offset == 3);
    CHECK_FALSE(past.was_recovering);

    position const left_at = past.at;
    h.held.clear();
    h.publish("r", "d");
    h.settle();
    auto returning = std::make_shared<listener>();
    past = h.join(0, "r", returning, {.recover = left_at});
    CHECK(past.recovered);
    REQUIRE(past.messages.size() == 1);
    CHECK(past.messages[0]->data.text() == "d");

    auto lost = std::make_shared<listener>();
    past = h.join(0, "r", lost, {.recover = position{"another", 3}});
    CHECK(past.was_recovering);
    CHECK_FALSE(past.recovered);
    CHECK(past.messages.empty());
    CHECK(past.at.offset == 4);
}

TEST_CASE("ephemeral messages have no offset and are not kept") {
    house h{1};
    auto l = std::make_shared<listener>();
    h.join(0, "r", l);
    h.rooms.publish("r", {.data = payload{std::string_view{"typing"}}, .ephemeral = true});
    h.settle();
    CHECK(l->heard == "typing");
    CHECK(l->offsets.empty());
    CHECK(h.join(0, "r", std::make_shared<listener>(), {.last = 9}).messages.empty());
}

TEST_CASE("empty rooms are freed, at once or when their history expires") {
    house h{1};
    auto l = std::make_shared<listener>();
    h.join(0, "never spoken in", l);
    h.held.clear();
    h.settle();
    CHECK(h.rooms.room_count(0) == 0);

    h.publish("spoken in", "x");
    h.settle();
    CHECK(h.rooms.room_count(0) == 1);
    h.shards[0].post([&] { h.rooms.sweep(0); });
    h.settle();
    CHECK(h.rooms.room_count(0) == 1);
    h.time.advance(std::chrono::hours{1});
    h.shards[0].post([&] { h.rooms.sweep(0); });
    h.settle();
    CHECK(h.rooms.room_count(0) == 0);
}

TEST_CASE("no gap, no duplicate, one order, whatever the interleaving") {
    auto const seed = GENERATE(range(1, 60));
    CAPTURE(seed);
    seeded_random random(static_cast<std::uint64_t>(seed));
    house h{1 + random.below(4)};

    struct member {
        std::shared_ptr<listener> ears = std::make_shared<listener>();
        std::optional<subscription> held;
        std::uint64_t expected = 0;
        bool joined = false;
    };
    std::deque<member> members;
    std::uint64_t published = 0;
    for (int step = 0; step < 400; ++step) {
        switch (random.below(4)) {
        case 0: { // join; the answer may arrive any time later
            auto& m = members.emplace_back();
            h.rooms.subscribe(random.below(h.shards.size()), "r", m.ears, {},
                              [&m](subscription s, subscribed past) {
                                  m.held.emplace(std::move(s));
                                  m.expected = past.at.offset + 1;
                                  m.joined = true;
                                  CHECK(m.ears->offsets.empty());
                              });
            break;
        }
        case 1: // any shard's oldest task
            h.shards[random.below(h.shards.size())].run_one();
            break;
        default:
            h.publish("r", "x");
            ++published;
        }
    }
    h.settle();
    for (auto& m : members) {
        REQUIRE(m.joined);
        std::uint64_t next = m.expected;
        for (auto offset : m.ears->offsets)
            REQUIRE(offset == next++);
        CHECK(next == published + 1);
    }
    members.clear();
}

TEST_CASE("a message is written once per wire form") {
    message m;
    m.data = payload{std::string_view{"x"}};
    int encoded = 0;
    auto encode = [&](message const& from) {
        ++encoded;
        return payload{std::string{from.data.text()} + "!"};
    };
    auto const* first = m.form(wire_form::sse, encode).data();
    CHECK(m.form(wire_form::sse, encode).data() == first);
    CHECK(encoded == 1);
    CHECK(m.form(wire_form::websocket, encode).text() == "x!");
    CHECK(encoded == 2);
}
