#include "presence_simulation.hpp"
#include "seeds.hpp"
#include "support/catch.hpp"

// UNISONO_PRESENCE_HISTORIES=100000 ./simulation runs more of them, UNISONO_SEED=42 one that failed.
TEST_CASE(
    "presence, threat E3: all agree on who is there, and nobody flickers, whatever happens between nodes") {
    presence_simulation::tally counted;
    auto const count =
        simulation::for_each_seed("UNISONO_PRESENCE_HISTORIES", 2'000, [&](std::uint64_t seed) {
            auto const error = presence_simulation::run(seed, counted);
            if (!error.empty())
                FAIL("UNISONO_SEED=" << seed << ": " << error);
        });
    CAPTURE(counted.joins, counted.leaves, counted.returns, counted.moves, counted.lost, counted.partitions,
            counted.crashes);
    if (count >= 1000) { // what never happens proves nothing
        CHECK(counted.joins > 10 * count);
        CHECK(counted.leaves > 5 * count);
        CHECK(counted.returns > count / 10);
        CHECK(counted.moves > count / 100);
        CHECK(counted.lost > 10 * count);
        CHECK(counted.partitions > count / 2);
        CHECK(counted.crashes > count / 2);
    }
}
