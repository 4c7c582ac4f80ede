#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/transport/sse_options.hpp>

#include <chrono>
#include <cstddef>

namespace unisono::inline v0 {

/// What is kept of answers, and for how long.
struct generation_options {
    /// How much of each answer is kept for viewers who come late or come back: the latest so many events ...
    std::size_t events = 16'384;
    std::size_t bytes = 1024 * 1024;        ///< ... and bytes
    std::chrono::milliseconds ttl{600'000}; ///< how long an answer is kept once it has ended
    std::size_t max_count = 1'000;          ///< answers kept at once, running or ended
    sse_options stream = {};
    unisono::clock* clock = &system_clock();
};

} // namespace unisono::inline v0
