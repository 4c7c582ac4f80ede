#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/logger.hpp>
#include <unisono/document/document_room.hpp>
#include <unisono/presence/awareness.hpp>
#include <unisono/protocol/documents/hooks.hpp>

#include <chrono>
#include <cstddef>

namespace unisono::inline v0 {

/// When document_hooks::on_change comes. Looked at about once a second.
struct document_times {
    std::chrono::milliseconds quiet{2'000};    ///< so long after the latest change,
    std::chrono::milliseconds longest{10'000}; ///< or so long after the first one that was not told
};

struct document_service_options {
    document_room_options document = {};
    document_hooks hooks = {};
    document_times times = {};
    awareness_limits awareness = {};
    /// How long a client's connection may collect what others change, and where they are, before it writes
    /// that: a write takes most of what a change costs the server. 0: it writes at once. 50 ms serve crowds
    /// whose cursors move all the time at a fraction of the price.
    std::chrono::milliseconds pace{};
    std::size_t early_bytes = 4 * 1024 * 1024; ///< a client may send before the document is loaded
    /// What a client lacks is sent to it in parts of about this size. Clients give up a connection on which
    /// no whole message came for 30 s, so the slowest line that a large document can be opened over brings
    /// one part in that time.
    std::size_t part_bytes = 512 * 1024;
    /// A document that nobody has open stays in memory for so long,
    std::chrono::milliseconds unload_after{30'000};
    /// or until all documents of its shard take more bytes than this: then those go that were used least
    /// lately. What is open stays.
    std::size_t memory_budget = std::size_t{256} << 20;
    unisono::clock* clock = &system_clock();
    logger* log = &null_logger();
};

} // namespace unisono::inline v0
