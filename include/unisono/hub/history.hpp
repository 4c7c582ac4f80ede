#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/hub/message_list.hpp>
#include <unisono/hub/position.hpp>
#include <unisono/hub/room_settings.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace unisono::inline v0 {

/// The latest publications of a room, oldest first, with an unbroken row of offsets.
///
/// Reading copies references to what is asked for and no more; the stretch read last is kept, so that many
/// clients which come back at once share one copy. Thread safety: none.
class history {
public:
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    history(std::string epoch, history_limits limits);

    /// The offset the next publication gets.
    std::uint64_t next_offset() const noexcept { return top_ + 1; }

    /// Appends a publication that carries next_offset(), and lets go of what the limits no longer allow.
    void append(message_ptr m, clock::time_point now);

    /// Everything after `from`, or nothing when that cannot be told without a gap: another epoch, a position
    /// in the future, publications that are no longer kept, or more than `limit` of them.
    std::optional<message_list> since(position const& from, std::size_t limit = unlimited) const;

    /// The first `count` after `from`; nothing under the same conditions as since().
    std::optional<message_list> after(position const& from, std::size_t count) const;

    /// At most the latest `count`, oldest first.
    message_list last(std::size_t count) const;

    /// Lets go of what is older than the time to live.
    void expire(clock::time_point now);

    /// When the oldest publication goes; nothing while none is kept.
    std::optional<clock::time_point> next_expiry() const;

    position top() const { return {epoch_, top_}; }
    std::string const& epoch() const noexcept { return epoch_; }
    history_limits const& limits() const noexcept { return limits_; }
    std::size_t size() const noexcept { return items_.size() - first_; }
    std::size_t bytes() const noexcept { return bytes_; } ///< of message data
    bool empty() const noexcept { return size() == 0; }

private:
    struct item {
        message_ptr message;
        clock::time_point since;
    };
    std::optional<std::size_t> missed(position const& from) const noexcept;
    message_list stretch(std::size_t first, std::size_t count) const;
    void drop_oldest();

    std::string epoch_;
    history_limits limits_;
    std::vector<item> items_; ///< not a deque: an empty one costs half a kilobyte, and most rooms are idle
    std::size_t first_ = 0;   ///< place in items_ of the oldest that is kept
    std::size_t bytes_ = 0;
    std::uint64_t top_ = 0;
    mutable message_list read_;          ///< what was read last
    mutable std::size_t read_first_ = 0; ///< and its place, from the oldest
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/impl/history.ipp>
#endif
