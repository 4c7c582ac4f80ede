#pragma once

#include <unisono/core/clock.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace unisono::inline v0 {

/// A sliding window log: at most `limit` events in any span of `window`, exactly. A token bucket or a fixed
/// window lets twice as many pass around an edge.
///
/// Remembers the last `limit` events that passed, in memory that grows with them. Thread safety: as a value.
class sliding_window {
public:
    /// `limit` 0: no limit.
    sliding_window(std::size_t limit, clock::duration window) noexcept : limit_(limit), window_(window) {}

    /// Counts an event. When it is one too many it does not count, and the result is how long to wait.
    /// Precondition: `now` is not earlier than in the last call.
    std::optional<clock::duration> refuse(clock::time_point now) {
        if (limit_ == 0)
            return std::nullopt;
        if (passed_.size() < limit_) {
            passed_.push_back(now);
            return std::nullopt;
        }
        auto& oldest = passed_[oldest_];
        if (now - oldest < window_)
            return window_ - (now - oldest);
        oldest = now;
        oldest_ = (oldest_ + 1) % limit_;
        return std::nullopt;
    }

private:
    std::vector<clock::time_point> passed_; ///< a ring once it is full
    std::size_t oldest_ = 0;
    std::size_t limit_;
    clock::duration window_;
};

} // namespace unisono::inline v0
