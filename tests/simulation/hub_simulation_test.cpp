#include "seeds.hpp"
#include "simulation.hpp"
#include "support/catch.hpp"

// UNISONO_SIMULATIONS=1000000 ./simulation runs more of them, UNISONO_SEED=42 one that failed.
TEST_CASE("no gap, no duplicate, one order, or an explicit sign: whatever the interleaving") {
    simulation::tally counted;
    auto const count = simulation::for_each_seed("UNISONO_SIMULATIONS", 200'000, [&](std::uint64_t seed) {
        auto const error = simulation::run(seed, counted);
        if (!error.empty())
            FAIL("UNISONO_SEED=" << seed << ": " << error);
    });
    CAPTURE(counted.published, counted.seen, counted.recovered, counted.not_recovered, counted.gaps,
            counted.duplicates);
    if (count >= 1000) { // what never happens proves nothing
        CHECK(counted.seen > count);
        CHECK(counted.recovered > count / 10);
        CHECK(counted.not_recovered > count / 100);
        CHECK(counted.gaps > count / 1000);
        CHECK(counted.duplicates > count / 100);
    }
}
