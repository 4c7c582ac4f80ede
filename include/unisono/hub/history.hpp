#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/hub/position.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace unisono::inline v0 {

/// How much of a room's stream is kept for those who come back.
struct history_limits {
    std::size_t messages = 256;      ///< 0 keeps none: then nothing can be recovered
    std::size_t bytes = 1024 * 1024; ///< of message data
    std::chrono::steady_clock::duration ttl = std::chrono::minutes{10};
};

/// The latest publications of a room, oldest first, with an unbroken row of offsets.
class history {
public:
    history(std::string epoch, history_limits limits);

    /// The offset the next publication gets.
    std::uint64_t next_offset() const noexcept { return top_ + 1; }

    /// Appends a publication that carries next_offset(), and lets go of what the limits no longer allow.
    void append(message_ptr m, clock::time_point now);

    /// Everything after `from`, or nothing when that cannot be told without a gap: another epoch, a position
    /// in the future, or publications that are no longer kept.
    std::optional<std::vector<message_ptr>> since(position const& from) const;

    /// At most the latest `count`, oldest first.
    std::vector<message_ptr> last(std::size_t count) const;

    /// Lets go of what is older than the time to live.
    void expire(clock::time_point now);

    position top() const { return {epoch_, top_}; }
    bool empty() const noexcept { return items_.empty(); }
    bool keeps_messages() const noexcept { return limits_.messages != 0; }

private:
    struct item {
        message_ptr message;
        clock::time_point since;
    };
    void drop_oldest();

    std::string epoch_;
    history_limits limits_;
    std::deque<item> items_;
    std::size_t bytes_ = 0;
    std::uint64_t top_ = 0;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/impl/history.ipp>
#endif
