#pragma once

#include <unisono/core/random.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace unisono::test {

/// A number that whoever runs the tests may set.
inline std::uint64_t from_environment(char const* name, std::uint64_t otherwise) {
    char const* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::stoull(text);
}

/// The seed of a test that plays with chance: UNISONO_SEED repeats a run that failed.
inline std::uint64_t seed() {
    return from_environment("UNISONO_SEED", system_random().next());
}

} // namespace unisono::test
