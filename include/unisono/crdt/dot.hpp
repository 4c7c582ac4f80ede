#pragma once

#include <unisono/codec/lib0_integer.hpp>
#include <unisono/core/random.hpp>

#include <compare>
#include <cstdint>

namespace unisono::inline v0::crdt {

/// Names one writer: a process, a tab, a device. At most 2^53-1.
///
/// Never used by two at once, nor again by one that lost its state: two changes would then have one name.
/// So take a new one (new_replica_id) whenever a state is not continued.
using replica_id = std::uint64_t;

/// A replica id nobody else has, but for one chance in 2^53.
inline replica_id new_replica_id(random_source& random) {
    return random.below(lib0_max_integer + 1);
}

/// Names one change: the `counter`-th (from 1) of `replica`.
struct dot {
    crdt::replica_id replica;
    std::uint64_t counter; ///< at most 2^53-1

    friend auto operator<=>(dot const&, dot const&) = default;
};

} // namespace unisono::inline v0::crdt
