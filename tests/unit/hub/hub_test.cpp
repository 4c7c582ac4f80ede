#include "hub_world.hpp"
#include "support/catch.hpp"
#include "support/recording_logger.hpp"

#include <set>
#include <stdexcept>

using namespace unisono;
using namespace hub_test;

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

TEST_CASE("leaving in any order and number leaves the others in place") {
    auto const seed = GENERATE(range(1, 30));
    CAPTURE(seed);
    seeded_random random(static_cast<std::uint64_t>(seed));
    house h{1};
    std::vector<std::shared_ptr<listener>> all;
    for (int i = 0; i < 20; ++i) {
        all.push_back(std::make_shared<listener>());
        h.join(0, "r", all.back());
    }
    std::set<listener*> gone;
    for (auto const& l : all) // each may take others along, itself too
        l->react = [&](auto const&) {
            for (auto n = random.below(4); n > 0; --n)
                if (auto* victim = all[random.below(all.size())].get(); gone.insert(victim).second)
                    h.held.erase(victim);
        };
    std::set<listener*> left_before;
    for (int round = 0; round < 6; ++round) {
        for (auto const& l : all)
            l->heard.clear();
        left_before = gone;
        h.publish("r", "x");
        h.settle();
        for (auto const& l : all) {
            CHECK(l->heard.size() <= 1);
            CHECK((!left_before.contains(l.get()) || l->heard.empty()));
            CHECK((gone.contains(l.get()) || l->heard == "x"));
        }
    }
    CHECK(h.inspect().subscribers == all.size() - gone.size());
}

TEST_CASE("a subscriber that only the room holds may leave while it is being delivered to") {
    house h{1};
    auto const alone = new listener;
    subscription held;
    h.rooms.subscribe(0, "r", std::shared_ptr<listener>(alone), {},
                      [&](subscription s, subscribed const&) { held = std::move(s); });
    h.settle();
    alone->react = [&, name = std::string(100, 'x')](auto const&) {
        held.cancel();
        CHECK(name.size() == 100); // still there
    };
    h.publish("r", "x");
    h.settle();
    CHECK(h.inspect().subscribers == 0);
}

TEST_CASE("threat E6: what subscribers and handlers throw is logged, and the others go on") {
    test::recording_logger log;
    house h{2, {.log = &log}};
    std::vector<std::shared_ptr<listener>> all;
    for (std::size_t i = 0; i < 6; ++i) {
        all.push_back(std::make_shared<listener>());
        h.join(i % 2, "r", all.back());
    }
    all[2]->react = [](auto const&) { throw std::runtime_error("oops"); };
    all[3]->react = [](auto const&) { throw 42; };
    h.rooms.publish("r", text("a"), [](published const&) { throw std::runtime_error("in done"); });
    h.publish("r", "b");
    h.rooms.run_on_owner("r", [] { throw std::runtime_error("in work"); });
    h.publish("r", "c");
    h.settle();
    for (auto const& l : all)
        CHECK(l->heard == "abc");
    CHECK(log.errors().find("a subscriber threw reason=oops\n") != std::string::npos);
    CHECK(log.errors().find("a subscriber threw\n") != std::string::npos);
    CHECK(log.errors().find("a handler threw reason=in done\n") != std::string::npos);
    CHECK(log.errors().find("a handler threw reason=in work\n") != std::string::npos);
}

TEST_CASE("what a shard has for another goes there in one post per turn, in order") {
    house h{2};
    auto const room = h.room_on(0), other = h.room_on(0, 1);
    auto ears = std::make_shared<listener>();
    h.join(1, room, ears);
    h.join(1, other, ears);
    auto const before = h.shards[1].posts;
    h.on(0, [&] {
        for (int i = 0; i < 10; ++i)
            h.publish(i % 2 ? room : other, std::to_string(i));
        h.rooms.run_on(1, [&] { ears->heard += "!"; });
        h.publish(room, "z");
    });
    CHECK(ears->heard == "0123456789!z");
    CHECK(h.shards[1].posts == before + 1);

    auto const requests = h.shards[0].posts;
    h.on(1, [&] {
        for (int i = 0; i < 10; ++i)
            h.publish(room, "x");
    });
    CHECK(h.shards[0].posts == requests + 2); // the requests, and the answers' way out
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
