#include <unisono/core/random.hpp>
#include <unisono/security/sliding_window.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <deque>

using namespace unisono;
using namespace std::chrono_literals;

TEST_CASE("threat B8: never more than the limit pass in any window, and no fewer than may") {
    auto const seed = GENERATE(take(20, random(1, 1'000'000)));
    INFO("seed " << seed);
    seeded_random random{static_cast<std::uint64_t>(seed)};
    std::size_t const limit = 1 + random.below(20);
    auto const window = std::chrono::milliseconds{1 + random.below(1000)};
    sliding_window limiter{limit, window};
    manual_clock time;
    std::deque<clock::time_point> passed; // the oracle: every event that passed lately
    for (int i = 0; i < 50'000; ++i) {
        // Bursts, silence, and steps that end exactly on an edge.
        auto const step = random.below(4);
        if (step == 0)
            time.advance(std::chrono::milliseconds{random.below(20)});
        else if (step == 1 && random.below(20) == 0)
            time.advance(window);
        else if (step == 2 && !passed.empty() && random.below(4) == 0)
            time.advance(std::max<clock::duration>(passed.front() + window - time.now(), 0ms));
        while (!passed.empty() && time.now() - passed.front() >= window)
            passed.pop_front();
        auto const wait = limiter.refuse(time.now());
        REQUIRE(wait.has_value() == (passed.size() == limit));
        if (wait)
            REQUIRE(*wait == passed.front() + window - time.now());
        else
            passed.push_back(time.now());
    }
}

TEST_CASE("a sliding window of 0 lets everything pass") {
    sliding_window none{0, 1s};
    for (int i = 0; i < 1000; ++i)
        CHECK_FALSE(none.refuse({}));
}
