#pragma once

#include <unisono/core/clock.hpp>

#include <utility>

namespace unisono::inline v0::detail {

/// How long a session has said nothing, to the precision of its ticks: speaking does not cost a look at the
/// clock.
class silence {
public:
    explicit silence(clock::time_point now = {}) noexcept : since_(now) {}

    void interrupt() noexcept { spoke_ = true; }

    /// On a tick.
    clock::duration lasts(clock::time_point now) noexcept {
        if (std::exchange(spoke_, false))
            since_ = now;
        return now - since_;
    }

private:
    bool spoke_ = false;      ///< since the last tick
    clock::time_point since_; ///< that tick or one before
};

} // namespace unisono::inline v0::detail
