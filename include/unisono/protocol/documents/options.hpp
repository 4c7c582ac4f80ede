#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/logger.hpp>
#include <unisono/document/document_room.hpp>
#include <unisono/presence/awareness.hpp>

#include <chrono>
#include <cstddef>

namespace unisono::inline v0 {

struct document_service_options {
    document_room_options document = {};
    awareness_limits awareness = {};
    std::size_t early_bytes = 4 * 1024 * 1024; ///< a client may send before the document is loaded
    /// A document that nobody has open stays in memory for so long.
    std::chrono::milliseconds unload_after{30'000};
    unisono::clock* clock = &system_clock();
    logger* log = &null_logger();
};

} // namespace unisono::inline v0
