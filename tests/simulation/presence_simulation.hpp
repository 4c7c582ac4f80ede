#pragma once

#include <cstdint>
#include <string>

namespace presence_simulation {

/// What happened in all runs, so that a test can see that it happened at all.
struct tally {
    std::uint64_t joins = 0;
    std::uint64_t leaves = 0;
    std::uint64_t returns = 0; ///< of lost clients within the grace window, to the same node
    std::uint64_t moves = 0;   ///< to another node
    std::uint64_t lost = 0;    ///< messages
    std::uint64_t partitions = 0;
    std::uint64_t crashes = 0;
};

/// One life of a small cluster: three to five nodes over a network that loses, doubles, delays and reorders
/// messages and is partitioned at times; nodes that crash, go and start anew; clients that come, go, get
/// lost, come back and move. The seed decides everything. Returns what went wrong; empty when all was well:
///
/// * After quiet time all nodes list exactly the clients that are there, in their latest states.
/// * On every node the revisions of a channel have no hole, every diff fits to what was told before, and
///   users come with their first client and go with their last, in turns.
/// * Nobody is told of a client that came back within the grace window.
/// * Nobody stays longer than the node, the grace window and the ttl let them.
std::string run(std::uint64_t seed, tally& counted);

} // namespace presence_simulation
