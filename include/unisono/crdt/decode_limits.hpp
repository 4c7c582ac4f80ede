#pragma once

#include <cstddef>
#include <cstdint>

namespace unisono::inline v0::crdt {

/// What one encoded state may hold; beyond it, it is refused whole. Memory and time stay within a fixed
/// multiple of the bytes in any case.
struct decode_limits {
    /// Everything that is counted, together: elements, keys, replicas, dots, ranges.
    std::size_t elements = 1'000'000;

    /// Counters of dots and of elements of sequences. Without it one message could use up a replica's
    /// counters and block it for good.
    std::uint64_t counter = std::uint64_t{1} << 48;
};

} // namespace unisono::inline v0::crdt
