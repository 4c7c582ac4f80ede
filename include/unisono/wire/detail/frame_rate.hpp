#pragma once

#include <unisono/core/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace unisono::inline v0::detail {

/// Frames per second with one time as all state (the generic cell rate algorithm): as many at once as in a
/// second, then as fast as they are forgotten.
class frame_rate {
public:
    /// May a frame come at `now`, when `per_second` may? Precondition: `per_second` > 0.
    bool admit(clock::time_point now, std::uint32_t per_second) noexcept {
        auto const forgotten =
            std::max(forgotten_, now) + clock::duration{std::chrono::seconds{1}} / per_second;
        if (forgotten - now > std::chrono::seconds{1})
            return false;
        forgotten_ = forgotten;
        return true;
    }

private:
    clock::time_point forgotten_{}; ///< when all frames so far are
};

} // namespace unisono::inline v0::detail
