#pragma once

#include <unisono/crdt/timestamp.hpp>

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

/// What happened, as the models in subjects.hpp know it: plain facts, from which they work out what a replica
/// must show that has heard of some of them.
namespace unisono::test {

inline constexpr std::size_t most_events = 192;
using event_set = std::bitset<most_events>;

struct event {
    std::size_t author = 0;
    int kind = 0;
    int key = 0;
    int element = 0;
    std::int64_t amount = 0;
    crdt::timestamp at = {};
    event_set overrides = {}; ///< what its author saw there and replaced or took back

    // Of sequences
    std::size_t target = most_events; ///< what it was inserted behind, or erases
    std::uint64_t counter = 0;        ///< Lamport's clock
};

using events = std::vector<event>;

/// Those of `known` that nothing known overrides.
inline event_set alive(events const& all, event_set const& known) {
    event_set gone;
    for (std::size_t i = 0; i != all.size(); ++i)
        if (known[i])
            gone |= all[i].overrides;
    return known & ~gone;
}

/// Those of them that `is` holds for.
template <class Is>
event_set those(events const& all, event_set of, Is&& is) {
    for (std::size_t i = 0; i != all.size(); ++i)
        if (of[i] && !is(all[i]))
            of.reset(i);
    return of;
}

} // namespace unisono::test
