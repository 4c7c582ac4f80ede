#pragma once

#include <unisono/hub/position.hpp>

#include <cstdint>
#include <utility>

namespace unisono::inline v0 {

/// What an offset means to somebody who follows a stream.
enum class arrival : std::uint8_t {
    next,      ///< handle it
    duplicate, ///< seen before: drop it
    gap,       ///< something between is missing: subscribe anew, with recovery from at()
};

/// Follows a room's stream and notices what is missing.
///
/// The hub leaves no gap; what stands between it and a client may: a full outbox, another server, a lost
/// connection. Thread safety: none.
class stream_cursor {
public:
    /// Everything up to and including `from` has been seen.
    explicit stream_cursor(position from = {}) noexcept : at_(std::move(from)) {}

    /// Judges the next message; moves on when it is the next one. Offset 0 (ephemeral) is always next.
    arrival accept(std::uint64_t offset) noexcept {
        if (offset == 0)
            return arrival::next;
        if (offset <= at_.offset)
            return arrival::duplicate;
        if (offset != at_.offset + 1)
            return arrival::gap;
        at_.offset = offset;
        return arrival::next;
    }

    /// The latest position without a gap before it: where to recover from.
    position const& at() const noexcept { return at_; }

private:
    position at_;
};

} // namespace unisono::inline v0
