#pragma once

#include <cstdint>
#include <string>

namespace simulation {

/// What happened in a run, so that a test can see that it happened at all.
struct tally {
    std::uint64_t published = 0;
    std::uint64_t seen = 0;          ///< live messages that clients took note of
    std::uint64_t recovered = 0;     ///< clients that came back and got all they missed
    std::uint64_t not_recovered = 0; ///< clients that came back and were told that something is missing
    std::uint64_t gaps = 0;          ///< that a client noticed by itself: its outbox had dropped something
    std::uint64_t duplicates = 0;    ///< publications recognised as such
};

/// One life of a small world: a hub on a few shards whose tasks are interleaved at random, publishers, and
/// clients that come, go, read slowly, lose messages to their outboxes and publish while they are delivered
/// to. The seed decides everything. Returns what went wrong; empty when all was well:
///
/// * A client sees each offset of its room once, in order and with the data it was published with; or it is
///   told of the gap: its recovery fails, or the offsets show it (which only outboxes may cause).
/// * When everything has come to rest, whoever is subscribed has seen everything.
/// * A recovery brings exactly what was missed, or nothing.
/// * A publication repeated with its idempotency key is not published again.
/// * Nothing stays behind: no subscriber, no room that should be gone.
std::string run(std::uint64_t seed, tally& counted);

} // namespace simulation
