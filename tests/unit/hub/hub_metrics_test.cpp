#include <unisono/core/manual_executor.hpp>
#include <unisono/hub/hub.hpp>

#include "support/catch.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

using namespace unisono;

namespace {

struct silent final : subscriber {
    void deliver(message_ptr const&) override {}
};

/// A hub on one shard, with subscribers that only count.
struct house {
    manual_executor shard;
    manual_clock time;
    seeded_random random{1};
    hub rooms{{&shard}, {.clock = &time, .random = &random}};
    std::deque<subscription> held;

    std::shared_ptr<silent> join(std::string_view room, subscribe_options options = {}) {
        auto who = std::make_shared<silent>();
        rooms.subscribe(0, room, who, std::move(options),
                        [&](subscription s, subscribed) { held.push_back(std::move(s)); });
        shard.run();
        return who;
    }
    void publish(std::string_view room, subscriber const* exclude = nullptr) {
        rooms.publish(room, {.data = payload{std::string_view{"12345"}}, .exclude = exclude});
        shard.run();
    }
};

} // namespace

TEST_CASE("publications and deliveries are counted, those left out are not") {
    house h;
    auto const first = h.join("a");
    h.join("a");
    h.join("b");
    h.publish("a");
    h.publish("a", first.get());
    h.publish("nobody");
    auto const& m = h.rooms.metrics(0);
    CHECK(m.subscriptions.value() == 3);
    CHECK(m.publications.value() == 3);
    CHECK(m.deliveries.value() == 3);
}

TEST_CASE("only broadcasts to many are timed") {
    house h;
    h.join("small");
    for (int i = 0; i < 16; ++i)
        h.join("large");
    h.publish("small");
    h.publish("large");
    CHECK(h.rooms.metrics(0).broadcast.count(0) == 1); // the clock stands still
    CHECK(h.rooms.metrics(0).deliveries.value() == 17);
}

TEST_CASE("those who come back are counted by what they found") {
    house h;
    h.publish("a");
    h.join("a", {.recover = position{"another life", 0}});
    CHECK(h.rooms.metrics(0).not_recovered.value() == 1);
    position at;
    h.rooms.publish("a", {.data = payload{std::string_view{"x"}}}, [&](published const& p) { at = p.at; });
    h.shard.run();
    h.join("a", {.recover = at});
    CHECK(h.rooms.metrics(0).recovered.value() == 1);
}
