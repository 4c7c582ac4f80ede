#include <unisono/crdt/hybrid_clock.hpp>

#include "support/catch.hpp"

#include <limits>

using namespace unisono;
using namespace std::chrono_literals;
using crdt::hybrid_clock;
using crdt::timestamp;

namespace {

std::uint64_t milliseconds(unisono::clock const& time) {
    return static_cast<std::uint64_t>(time.wall_time().count());
}

class jumping_clock final : public unisono::clock {
public:
    std::chrono::milliseconds wall = 1'000'000ms;

    time_point now() const noexcept override { return {}; }
    std::chrono::milliseconds wall_time() const noexcept override { return wall; }
};

} // namespace

TEST_CASE("timestamps follow the time of day and grow within a millisecond") {
    manual_clock time;
    hybrid_clock clock{7, time};
    auto const first = clock.now();
    CHECK(first == timestamp{milliseconds(time), 0, 7});
    CHECK(clock.now() == timestamp{milliseconds(time), 1, 7});
    time.advance(1ms);
    CHECK(clock.now() == timestamp{milliseconds(time), 0, 7});
}

TEST_CASE("timestamps grow though the clock goes back") {
    jumping_clock time;
    hybrid_clock clock{7, time};
    auto const before = clock.now();
    time.wall -= 1h;
    CHECK(clock.now() > before);
    time.wall = -5ms;
    CHECK(clock.now().time == before.time);
}

TEST_CASE("a timestamp is greater than all that were observed") {
    manual_clock time;
    hybrid_clock clock{1, time};
    timestamp const ahead{milliseconds(time) + 30'000, 4, 9};
    REQUIRE(clock.observe(ahead));
    CHECK(clock.now() == timestamp{ahead.time, 5, 1});
    REQUIRE(clock.observe(timestamp{milliseconds(time), 0, 9}));
    CHECK(clock.now() == timestamp{ahead.time, 6, 1});
    CHECK(clock.observe(std::nullopt));
}

TEST_CASE("a timestamp further ahead than clocks may differ is refused and forgotten") {
    manual_clock time;
    hybrid_clock clock{1, time, 60s};
    CHECK(clock.observe(timestamp{milliseconds(time) + 60'001, 0, 9}).error() == crdt_error::clock_skew);
    CHECK(clock.observe(timestamp{std::numeric_limits<std::uint64_t>::max(), 0, 9}).error() ==
          crdt_error::clock_skew);
    CHECK(clock.now() == timestamp{milliseconds(time), 0, 1});
    CHECK(clock.observe(timestamp{milliseconds(time) + 60'000, 0, 9}));
}

TEST_CASE("a count that is used up takes a millisecond more") {
    manual_clock time;
    hybrid_clock clock{1, time};
    REQUIRE(clock.observe(timestamp{milliseconds(time), std::numeric_limits<std::uint32_t>::max(), 9}));
    CHECK(clock.now() == timestamp{milliseconds(time) + 1, 0, 1});
}
