#pragma once

#include <cstdint>

namespace unisono::inline v0 {

/// The largest integer lib0 carries exactly: JavaScript's Number.MAX_SAFE_INTEGER.
inline constexpr std::uint64_t lib0_max_integer = (std::uint64_t{1} << 53) - 1;

/// A lib0 varInt. The sign stands apart because the format has a minus zero, and column encodings use it.
struct lib0_integer {
    bool negative;
    std::uint64_t magnitude; ///< at most lib0_max_integer

    std::int64_t value() const noexcept {
        auto const n = static_cast<std::int64_t>(magnitude);
        return negative ? -n : n;
    }
    friend bool operator==(lib0_integer const&, lib0_integer const&) = default;
};

} // namespace unisono::inline v0
