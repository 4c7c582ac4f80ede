#include <unisono/core/random.hpp>
#include <unisono/net/timer_wheel.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <vector>

using namespace std::chrono_literals;
using unisono::timer_wheel;

namespace {

struct deadline final : timer_wheel::entry {
    std::function<void(deadline&)> then;
    int fired = 0;

    void on_deadline() override {
        ++fired;
        if (then)
            then(*this);
    }
};

struct fixture {
    unisono::manual_clock time;
    timer_wheel wheel{time.now()};

    void pass(unisono::clock::duration by) {
        time.advance(by);
        wheel.advance(time.now());
    }
};

} // namespace

TEST_CASE("a deadline fires once, never early and at most one tick late") {
    fixture f;
    deadline a;
    auto const wait = GENERATE(1ms, 49ms, 50ms, 51ms, 120ms, 25'600ms, 25'601ms, 100'000ms);
    f.wheel.set(a, f.time.now() + wait);
    f.pass(wait - 1ms);
    CHECK(a.fired == 0);
    f.pass(1ms + timer_wheel::tick);
    CHECK(a.fired == 1);
    CHECK_FALSE(a.is_set());
    f.pass(60s);
    CHECK(a.fired == 1);
}

TEST_CASE("a deadline in the past fires with the next tick") {
    fixture f;
    f.pass(1s);
    deadline a;
    f.wheel.set(a, f.time.now() - 1h);
    f.wheel.advance(f.time.now());
    CHECK(a.fired == 0);
    f.pass(timer_wheel::tick);
    CHECK(a.fired == 1);
}

TEST_CASE("setting moves a deadline, clearing and destroying remove it") {
    fixture f;
    deadline moved;
    deadline cleared;
    auto destroyed = std::make_unique<deadline>();
    for (auto* a : {&moved, &cleared, destroyed.get()})
        f.wheel.set(*a, f.time.now() + 100ms);
    f.wheel.set(moved, f.time.now() + 500ms);
    f.wheel.clear(cleared);
    destroyed.reset();
    f.pass(400ms);
    CHECK(moved.fired == 0);
    f.pass(200ms);
    CHECK(moved.fired == 1);
    CHECK(cleared.fired == 0);
}

TEST_CASE("an entry may set itself and others, clear them, and destroy anybody, itself included") {
    fixture f;
    std::vector<std::unique_ptr<deadline>> all;
    for (int i = 0; i < 6; ++i) {
        all.push_back(std::make_unique<deadline>());
        f.wheel.set(*all.back(), f.time.now() + 100ms);
    }
    all[0]->then = [&](deadline& a) {
        f.wheel.set(a, f.time.now());            // again, but not in this turn
        f.wheel.clear(*all[1]);                  // due now
        f.wheel.set(*all[2], f.time.now() + 1s); // due now
        all[3].reset();                          // due now
    };
    all[4]->then = [&](deadline&) { all[4].reset(); };
    f.pass(100ms);
    CHECK(all[0]->fired == 1);
    CHECK(all[1]->fired == 0);
    CHECK(all[2]->fired == 0);
    CHECK_FALSE(all[4]);
    CHECK(all[5]->fired == 1);
    all[0]->then = {};
    f.pass(50ms);
    CHECK(all[0]->fired == 2);
    f.pass(1s);
    CHECK(all[2]->fired == 1);
}

TEST_CASE("after a long sleep everything due fires, and nothing else") {
    fixture f;
    deadline soon;
    deadline late;
    deadline later;
    f.wheel.set(soon, f.time.now() + 10ms);
    f.wheel.set(late, f.time.now() + 10h);
    f.wheel.set(later, f.time.now() + 10h + 200ms);
    f.pass(10h + 60ms);
    CHECK(soon.fired == 1);
    CHECK(late.fired == 1);
    CHECK(later.fired == 0);
    f.pass(200ms);
    CHECK(later.fired == 1);
}

TEST_CASE("the wheel agrees with a sorted list") {
    auto const seed = GENERATE(take(20, random(1, 1'000'000)));
    INFO("seed " << seed);
    unisono::seeded_random random{static_cast<std::uint64_t>(seed)};
    fixture f;
    std::vector<deadline> entries(200);
    std::map<deadline*, unisono::clock::time_point> expected;
    for (int step = 0; step < 2'000; ++step) {
        deadline& a = entries[random.below(entries.size())];
        switch (random.below(4)) {
        case 0:
        case 1: {
            auto const at =
                f.time.now() + std::chrono::milliseconds{random.below(step % 10 == 0 ? 100'000 : 500)};
            f.wheel.set(a, at);
            expected[&a] = at;
            break;
        }
        case 2:
            f.wheel.clear(a);
            expected.erase(&a);
            break;
        default:
            f.pass(std::chrono::milliseconds{random.below(random.below(50) == 0 ? 60'000 : 120)});
            for (auto e = expected.begin(); e != expected.end();) {
                bool const fired = !e->first->is_set();
                if (fired)
                    REQUIRE(e->second <= f.time.now());
                else
                    REQUIRE(e->second + timer_wheel::tick > f.time.now() - timer_wheel::tick);
                e = fired ? expected.erase(e) : std::next(e);
            }
        }
    }
}
