#pragma once

#include <unisono/core/clock.hpp>

#include <chrono>
#include <cstddef>

namespace unisono::inline v0 {

struct y_websocket_options {
    std::size_t name_bytes = 255; ///< of a document's name
    /// Without data for 30 s a client would reconnect; pings do not count.
    std::chrono::milliseconds keep_alive{15'000};
    unisono::clock* clock = &system_clock();
};

} // namespace unisono::inline v0
