#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/logger.hpp>
#include <unisono/document/document_room.hpp>
#include <unisono/presence/awareness.hpp>

#include <chrono>
#include <cstddef>

namespace unisono::inline v0 {

struct y_websocket_options {
    document_room_options document = {};
    awareness_limits awareness = {};
    std::size_t name_bytes = 255;              ///< of a document's name
    std::size_t early_bytes = 4 * 1024 * 1024; ///< a peer may send before the document is loaded
    std::chrono::milliseconds keep_alive{
        15'000}; ///< without data for 30 s a client would reconnect; pings do not count
    std::chrono::milliseconds unload_after{
        30'000}; ///< a document that nobody has open stays in memory for so long
    unisono::clock* clock = &system_clock();
    logger* log = &null_logger();
};

} // namespace unisono::inline v0
