#include <unisono/core/random.hpp>
#include <unisono/document/detail/interval_set.hpp>

#include "support/catch.hpp"

#include <set>

TEST_CASE("an interval set agrees with a set of numbers") {
    auto const seed = GENERATE(take(50, random(1, 1'000'000)));
    INFO("seed " << seed);
    unisono::seeded_random random{static_cast<std::uint64_t>(seed)};
    unisono::detail::interval_set ranges;
    std::set<std::uint64_t> numbers;
    for (int step = 0; step < 300; ++step) {
        auto const from = random.below(100);
        auto const to = from + random.below(8);
        if (step % 2 == 0) {
            ranges.add(from, to);
            for (auto n = from; n < to; ++n)
                numbers.insert(n);
        } else {
            bool all = true;
            for (auto n = from; n < to; ++n)
                all = all && numbers.contains(n);
            REQUIRE(ranges.contains(from, to) == all);
        }
    }
}

TEST_CASE("an empty range is in every set, the largest number ends one") {
    unisono::detail::interval_set ranges;
    CHECK(ranges.contains(5, 5));
    CHECK_FALSE(ranges.contains(5, 6));
    ranges.add(UINT64_MAX - 1, UINT64_MAX);
    CHECK(ranges.contains(UINT64_MAX - 1, UINT64_MAX));
    CHECK_FALSE(ranges.contains(UINT64_MAX - 2, UINT64_MAX));
}
