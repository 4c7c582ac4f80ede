#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/timestamp.hpp>

#include <chrono>
#include <optional>

namespace unisono::inline v0::crdt {

/// Gives timestamps that follow the time of day and still never contradict cause and effect: each is greater
/// than the one before and than every one observed, whatever the computer's clock does (Kulkarni et al.:
/// Logical Physical Clocks, 2014).
///
/// One per replica. Thread safety: none.
class hybrid_clock {
public:
    /// Clocks of others may be ahead by `skew`. `time` must outlive this object.
    explicit hybrid_clock(replica_id me, clock const& time = system_clock(),
                          std::chrono::milliseconds skew = std::chrono::seconds{60}) noexcept
        : time_(time), skew_(skew), last_{.replica = me} {}

    /// A timestamp for a change made now.
    timestamp now() noexcept;

    /// To be asked before a state from elsewhere is joined, with its latest(): a timestamp far in the future
    /// would win for that long, whatever anybody writes. Nothing is always fine.
    /// Errors: crdt_error::clock_skew; the clock is as before.
    result<void> observe(std::optional<timestamp> seen) noexcept;

private:
    std::uint64_t wall() const noexcept;

    clock const& time_;
    std::chrono::milliseconds skew_;
    timestamp last_; ///< the greatest so far, under this replica's name
};

} // namespace unisono::inline v0::crdt

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/impl/hybrid_clock.ipp>
#endif
