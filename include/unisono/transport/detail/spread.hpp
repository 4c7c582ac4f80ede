#pragma once

#include <chrono>
#include <cstdint>

namespace unisono::inline v0::detail {

/// The place of the `n`-th of many in [0, range), for what must not happen to all of them at once. Any that
/// follow each other stand about evenly apart (multiples of the golden ratio: Knuth, "The Art of Computer
/// Programming" 3, 6.4). Range: up to 49 days.
inline std::chrono::milliseconds spread(std::uint64_t n, std::chrono::milliseconds range) noexcept {
    constexpr std::uint64_t golden_ratio = 0x9e37'79b9'7f4a'7c15; // of 2^64
    std::uint64_t const part = n * golden_ratio >> 32;            // of 2^32
    return std::chrono::milliseconds{part * static_cast<std::uint64_t>(range.count()) >> 32};
}

} // namespace unisono::inline v0::detail
