#pragma once

#include <chrono>

namespace unisono::inline v0 {

/// Where time comes from. Injected everywhere, so that tests and simulations own it.
///
/// Thread safety: system_clock() may be used from any thread; manual_clock from one at a time.
class clock {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using duration = std::chrono::steady_clock::duration;

    virtual ~clock() = default;

    /// Time that never jumps: for deadlines and intervals.
    virtual time_point now() const noexcept = 0;

    /// The time of day in milliseconds since 1970 (UTC): for timestamps shown to people. May jump.
    virtual std::chrono::milliseconds wall_time() const noexcept = 0;
};

/// `span` after `from`; the end of time when that is later than it, so that duration::max() means for ever.
inline clock::time_point later(clock::time_point from, clock::duration span) noexcept {
    auto const end = clock::time_point::max();
    return from > clock::time_point{} && span > end - from ? end : from + span;
}

/// The computer's clock.
inline clock& system_clock() noexcept {
    class real final : public clock {
        time_point now() const noexcept override { return std::chrono::steady_clock::now(); }
        std::chrono::milliseconds wall_time() const noexcept override {
            return std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::system_clock::now().time_since_epoch());
        }
    };
    static real instance;
    return instance;
}

/// A clock that stands still until told: for tests and simulations.
class manual_clock final : public clock {
public:
    time_point now() const noexcept override { return now_; }
    std::chrono::milliseconds wall_time() const noexcept override {
        return std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch());
    }
    void advance(duration by) noexcept { now_ += by; }

private:
    time_point now_{std::chrono::seconds{1'700'000'000}};
};

} // namespace unisono::inline v0
