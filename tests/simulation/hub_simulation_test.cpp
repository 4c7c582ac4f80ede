#include "simulation.hpp"
#include "support/catch.hpp"

#include <cstdlib>
#include <string>

namespace {

std::uint64_t from_environment(char const* name, std::uint64_t otherwise) {
    char const* const text = std::getenv(name);
    return text ? std::stoull(text) : otherwise;
}

} // namespace

// UNISONO_SIMULATIONS=1000000 ./simulation runs more of them, UNISONO_SEED=42 one that failed.
TEST_CASE("no gap, no duplicate, one order, or an explicit sign: whatever the interleaving") {
    std::uint64_t const first = from_environment("UNISONO_SEED", 1);
    std::uint64_t const count =
        from_environment("UNISONO_SIMULATIONS", std::getenv("UNISONO_SEED") ? 1 : 200'000);
    simulation::tally counted;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        auto const error = simulation::run(seed, counted);
        if (!error.empty())
            FAIL("UNISONO_SEED=" << seed << ": " << error);
    }
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
