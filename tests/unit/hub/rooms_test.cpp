#include <unisono/hub/subscribe_after_loading.hpp>

#include "hub_world.hpp"
#include "support/catch.hpp"

#include <set>

using namespace unisono;
using namespace hub_test;
using namespace std::chrono_literals;

TEST_CASE("a room in which nothing was ever said goes with the last who leaves") {
    house h{1};
    auto l = std::make_shared<listener>();
    h.join(0, "r", l);
    CHECK(h.rooms.room_count(0) == 1);
    h.leave(*l);
    CHECK(h.rooms.room_count(0) == 0);
    h.rooms.publish("r", {.data = payload{std::string_view{"x"}}, .ephemeral = true});
    h.read("r");
    h.settle();
    CHECK(h.rooms.room_count(0) == 0);
}

TEST_CASE("an idle room outlives its messages: who saw them all recovers, who did not is told") {
    house h{1, {.history = {.ttl = 10min, .meta_ttl = 24h}}};
    h.say("r", text("a"));
    auto const seen_all = h.say("r", text("b")).at;
    h.time.advance(10min);
    h.sweep();
    CHECK(h.inspect().history_messages == 0);
    CHECK(h.rooms.room_count(0) == 1);

    auto l = std::make_shared<listener>();
    auto past = h.join(0, "r", l, {.recover = seen_all});
    CHECK(past.recovered);
    CHECK(past.messages.empty());
    h.leave(*l);
    past = h.join(0, "r", l, {.recover = position{seen_all.epoch, 1}});
    CHECK(past.was_recovering);
    CHECK_FALSE(past.recovered);
    CHECK(past.at == seen_all);
    h.leave(*l);

    h.time.advance(24h - 1s); // counted from when it was last used
    h.sweep();
    CHECK(h.rooms.room_count(0) == 1);
    h.time.advance(1s);
    h.sweep();
    CHECK(h.rooms.room_count(0) == 0);
    CHECK_FALSE(h.join(0, "r", l, {.recover = seen_all}).recovered);
}

TEST_CASE("a room with subscribers keeps its position whatever its age") {
    house h{1, {.history = {.ttl = 1min, .meta_ttl = 1min}}};
    auto l = std::make_shared<listener>();
    h.join(0, "r", l);
    auto const at = h.say("r", text("a")).at;
    h.time.advance(72h);
    h.sweep();
    CHECK(h.read("r", {.limit = 0}).at == at);
    CHECK(h.held.at(l.get()).front().epoch() == at.epoch);
    CHECK(h.inspect().history_bytes == 0);
}

TEST_CASE("without a time for metadata a room goes when its last message does") {
    house h{1, {.history = {.ttl = 1min, .meta_ttl = 0s}}};
    h.say("r", text("a"));
    h.time.advance(1min);
    h.sweep();
    CHECK(h.rooms.room_count(0) == 0);
}

TEST_CASE("an endless time to live is one") {
    auto const for_ever = clock::duration::max();
    house h{1, {.history = {.ttl = for_ever, .meta_ttl = for_ever}}};
    h.say("r", text("a"));
    h.time.advance(100'000h);
    h.sweep();
    CHECK(h.inspect().history_messages == 1);
}

TEST_CASE("threat B12: rooms that strangers make up cost nothing, or a bounded amount") {
    house h{2, {.idle = {.rooms = 100, .bytes = 1000}}};
    auto l = std::make_shared<listener>();
    for (int i = 0; i < 100'000; ++i) {
        auto const name = "random " + std::to_string(i);
        h.rooms.subscribe(0, name, l, {}, [](subscription, subscribed const&) {}); // and leaves
        if (i % 1000 == 0)
            h.settle();
    }
    h.settle();
    CHECK(h.rooms.room_count(0) + h.rooms.room_count(1) == 0);

    // Spoken in, they are kept until there are too many: those used longest ago go first.
    house spoken{1, {.idle = {.rooms = 100, .bytes = 1000}}};
    auto const first = spoken.say("first", text("x")).at;
    for (int i = 0; i < 10'000; ++i) {
        spoken.publish(std::to_string(i), "x");
        if (i % 50 == 0)
            spoken.read("first"); // is used all the time
    }
    spoken.settle();
    CHECK(spoken.rooms.room_count(0) == 100);
    CHECK(spoken.read("first", {.since = position{first.epoch, 0}}).complete);
    for (int i = 0; i < 5; ++i)
        spoken.publish("large " + std::to_string(i), std::string(300, 'x'));
    spoken.settle();
    CHECK(spoken.inspect().history_bytes <= 1000);
    CHECK(spoken.rooms.room_count(0) >= 3);
}

TEST_CASE("rooms with subscribers are not counted among the idle") {
    house h{1, {.idle = {.rooms = 0, .bytes = 0}}};
    auto l = std::make_shared<listener>();
    h.join(0, "r", l);
    for (int i = 0; i < 10; ++i)
        h.publish("r", "x");
    h.settle();
    CHECK(h.inspect().history_messages == 10);
    h.leave(*l);
    CHECK(h.rooms.room_count(0) == 0);
}

TEST_CASE("rooms differ by name in what they keep and how they are paced") {
    auto const settings = [](std::string_view room) -> room_settings {
        if (room.starts_with("cursors/"))
            return {.history = {.messages = 0}, .pace = 50ms};
        return {.history = {.messages = 1000}};
    };
    house h{1, {.settings = settings}};
    auto l = std::make_shared<listener>();
    std::chrono::milliseconds pace{};
    l->react = [&](message_ptr const& m) { pace = m->pace; };
    h.join(0, "cursors/1", l);
    h.say("cursors/1", text("x"));
    CHECK(pace == 50ms);
    CHECK(h.read("cursors/1").messages.empty());
    for (int i = 0; i < 500; ++i)
        h.publish("orders/1", "x");
    CHECK(h.read("orders/1", {.limit = 1000}).messages.size() == 500);
}

TEST_CASE("history is read by limit, from a position, and newest first") {
    house h{1, {.history = {.messages = 4}}};
    position at;
    for (auto t : {"a", "b", "c", "d", "e"})
        at = h.say("r", text(t)).at;
    CHECK(texts(h.read("r").messages) == "bcde");
    CHECK(texts(h.read("r", {.limit = 2}).messages) == "de");
    CHECK(texts(h.read("r", {.limit = 2, .newest_first = true}).messages) == "ed");
    CHECK(texts(h.read("r", {.since = position{at.epoch, 1}, .limit = 2}).messages) == "bc");
    CHECK(texts(h.read("r", {.since = position{at.epoch, 3}, .newest_first = true}).messages) == "ed");
    auto const lost = h.read("r", {.since = position{at.epoch, 0}});
    CHECK_FALSE(lost.complete);
    CHECK(lost.messages.empty());
    CHECK(lost.at == at);
    auto const top = h.read("r", {.limit = 0});
    CHECK(top.complete);
    CHECK(top.messages.empty());
    CHECK(top.at == at);
}

TEST_CASE("who missed more than the limit is not recovered, and gets no part of it") {
    house h{1, {.history = {.messages = 1000}}};
    auto const from = h.say("r", text("0")).at;
    for (int i = 0; i < 300; ++i)
        h.publish("r", "x");
    h.settle();
    auto l = std::make_shared<listener>();
    CHECK(h.join(0, "r", l, {.recover = from}).messages.size() == 300);
    h.leave(*l);
    h.publish("r", "x");
    auto const past = h.join(0, "r", l, {.recover = from});
    CHECK_FALSE(past.recovered);
    CHECK(past.messages.empty());
    CHECK(past.at.offset == 302);
}

TEST_CASE("clients that come back together share one copy of what they missed") {
    house h{1};
    auto const from = h.say("r", text("0")).at;
    for (int i = 0; i < 10; ++i)
        h.publish("r", "x");
    auto const one = h.join(0, "r", std::make_shared<listener>(), {.recover = from});
    auto const two = h.join(0, "r", std::make_shared<listener>(), {.recover = from});
    CHECK(&one.messages[0] == &two.messages[0]);
}

TEST_CASE("a publication repeated with its key gets the first one's place and is not published") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    house h{shards, {.idempotency = {.window = 5min, .keys = 2}}};
    auto l = std::make_shared<listener>();
    h.join(shards - 1, "r", l);
    auto const say = [&](std::string key, bool ephemeral = false) {
        return h.say("r", {.data = payload{std::string_view{"x"}},
                           .ephemeral = ephemeral,
                           .idempotency_key = std::move(key)});
    };
    auto const first = say("k");
    CHECK(first.at.offset == 1);
    CHECK(first.receivers == 1);
    CHECK_FALSE(first.duplicate);
    auto const again = say("k");
    CHECK(again.duplicate);
    CHECK(again.at == first.at);
    CHECK(again.receivers == 0);
    CHECK(l->heard == "x");
    h.time.advance(5min - 1s);
    CHECK(say("k").duplicate);
    h.time.advance(1s);
    CHECK_FALSE(say("k").duplicate);
    CHECK_FALSE(say("l", true).duplicate);
    CHECK(say("l", true).duplicate);
    CHECK(say("l", true).at.offset == 0);
    CHECK_FALSE(say("m").duplicate); // one too many: "k" is forgotten
    CHECK(say("l").duplicate);
    CHECK_FALSE(say("k").duplicate);
}

TEST_CASE("keys keep an otherwise unused room for their time") {
    house h{1};
    h.say("r", {.ephemeral = true, .idempotency_key = "k"});
    CHECK(h.rooms.room_count(0) == 1);
    h.time.advance(5min);
    h.sweep();
    CHECK(h.rooms.room_count(0) == 0);
}

TEST_CASE("a conflation key stands for one room and key") {
    house h{1};
    auto l = std::make_shared<listener>();
    std::vector<std::uint64_t> seen;
    l->react = [&](message_ptr const& m) { seen.push_back(m->conflation); };
    h.join(0, "a", l);
    h.join(0, "b", l);
    for (auto const* room : {"a", "b"})
        for (auto const* key : {"x", "y", "x", ""})
            h.rooms.publish(room, {.key = key});
    h.settle();
    REQUIRE(seen.size() == 8);
    CHECK(seen[0] == seen[2]);
    CHECK(seen[4] == seen[6]);
    CHECK(std::set<std::uint64_t>{seen.begin(), seen.end()}.size() == 5);
    CHECK(seen[3] == 0);
    CHECK(seen[7] == 0);
}

TEST_CASE("inspection counts what lives on a shard and names the largest rooms") {
    house h{1};
    std::vector<std::shared_ptr<listener>> all;
    for (std::string const room : {"small", "large", "large", "large", "middle", "middle"}) {
        all.push_back(std::make_shared<listener>());
        h.join(0, room, all.back());
    }
    h.say("middle", text("four"));
    auto const seen = h.inspect(0, 2);
    CHECK(seen.rooms == 3);
    CHECK(seen.subscribers == 6);
    CHECK(seen.history_messages == 1);
    CHECK(seen.history_bytes == 4);
    REQUIRE(seen.largest.size() == 2);
    CHECK(seen.largest[0].name == "large");
    CHECK(seen.largest[0].subscribers == 3);
    CHECK(seen.largest[1].name == "middle");
    CHECK(seen.largest[1].publications == 1);

    auto both = seen;
    both.add({.rooms = 2,
              .subscribers = 5,
              .history_messages = 3,
              .history_bytes = 30,
              .largest = {{.name = "huge", .subscribers = 4}, {.name = "a", .subscribers = 3}}});
    both.keep_largest(3);
    CHECK(both.rooms == 5);
    CHECK(both.subscribers == 11);
    CHECK(both.history_messages == 4);
    CHECK(both.history_bytes == 34);
    REQUIRE(both.largest.size() == 3);
    CHECK(both.largest[0].name == "huge");
    CHECK(both.largest[1].name == "a"); // as many as in "large": by name
    CHECK(both.largest[2].name == "large");
}

TEST_CASE("what changes while the state is loaded is not missed, also in a room that is new") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{2});
    house h{shards};
    auto l = std::make_shared<listener>();
    std::function<void()> loaded;
    std::optional<subscribed> got;
    subscription link;
    subscribe_after_loading(
        h.rooms, shards - 1, "r", l, [&](position const&, std::function<void()> ready) { loaded = ready; },
        [&](subscription s, subscribed past) {
            link = std::move(s);
            got = std::move(past);
        });
    h.settle();
    REQUIRE(loaded);
    h.say("r", text("a"));
    h.say("r", text("b"));
    CHECK_FALSE(got);
    std::exchange(loaded, nullptr)();
    h.settle();
    REQUIRE(got);
    CHECK(got->recovered);
    CHECK(texts(got->messages) == "ab");
    h.say("r", text("c"));
    CHECK(l->heard == "c");
    CHECK(h.inspect(h.rooms.owner_of("r")).subscribers == 1); // the placeholder has left
    link.cancel();
    h.settle();
}
