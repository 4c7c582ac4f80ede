#pragma once

#include "support/environment.hpp"

#include <cstdint>
#include <cstdlib>

namespace simulation {

/// Runs `one(seed)` as often as the environment variable `name` says, or only with UNISONO_SEED. Returns how
/// often that was.
template <class One>
std::uint64_t for_each_seed(char const* name, std::uint64_t otherwise, One&& one) {
    std::uint64_t const first = unisono::test::from_environment("UNISONO_SEED", 1);
    std::uint64_t const count =
        unisono::test::from_environment(name, std::getenv("UNISONO_SEED") ? 1 : otherwise);
    for (std::uint64_t seed = first; seed < first + count; ++seed)
        one(seed);
    return count;
}

} // namespace simulation
