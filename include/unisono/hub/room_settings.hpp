#pragma once

#include <chrono>
#include <cstddef>

namespace unisono::inline v0 {

/// How much of a room's stream is kept for those who come back.
struct history_limits {
    std::size_t messages = 256;      ///< 0 keeps none: then only who missed nothing recovers
    std::size_t bytes = 1024 * 1024; ///< of message data
    std::chrono::steady_clock::duration ttl = std::chrono::minutes{10};
    /// How long a room in which nobody is remembers its epoch and offset once its messages are gone, so that
    /// a client which saw them all is not told that it lost something. 0: not at all.
    std::chrono::steady_clock::duration meta_ttl = std::chrono::days{7};
};

/// What makes one room different from another. Read once, when the room comes to be.
struct room_settings {
    history_limits history = {};
    /// How long a subscriber's connection may collect messages before it writes them; 0: it writes at once.
    /// Fewer writes for busy rooms, at the price of this much latency.
    std::chrono::milliseconds pace{};
};

/// What rooms may cost in which nobody is, on each shard. Beyond it those are forgotten first that were
/// used longest ago. So names that a stranger makes up cannot fill the memory.
struct idle_limits {
    std::size_t rooms = 16'384;
    std::size_t bytes = 64 * 1024 * 1024; ///< of message data
};

/// For how long a second publication with the same idempotency key is recognised.
struct idempotency_limits {
    std::chrono::steady_clock::duration window = std::chrono::minutes{5};
    std::size_t keys = 10'000; ///< remembered in one room; more forget the oldest
};

} // namespace unisono::inline v0
