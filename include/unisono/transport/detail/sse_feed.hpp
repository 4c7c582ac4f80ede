#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/hub/position_cookie.hpp>
#include <unisono/transport/detail/sse_connection.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// How a feed's events look.
enum class feed_layout : std::uint8_t {
    one_room,   ///< ids are `epoch:offset`
    many_rooms, ///< ids are position cookies, types are names of rooms
    blocks,     ///< as one_room; the data is a block already, and the stream ends with an empty one
};

/// A room somebody wants in a feed.
struct feed_wish {
    std::string room;
    subscribe_options past = {};
    /// Of what `past` brings, only what is behind this; an empty epoch is any. When that is no longer all
    /// there, a reset comes first.
    std::optional<position> from = {};
};

/// `epoch:offset`, the id of an event in a feed of one room.
std::string feed_id(position const& at);
/// What such an id says; nothing when it makes no sense.
std::optional<position> parse_feed_id(std::string_view id);

/// Carries the messages of rooms into one event stream. Lives on the stream's shard.
class sse_feed final : public std::enable_shared_from_this<sse_feed> {
public:
    /// Answers `exchange` with the feed.
    static void serve(http_exchange const& exchange, hub& rooms, std::size_t where, feed_layout layout,
                      std::vector<feed_wish> wishes, sse_options const& options);

private:
    /// A room of this feed, and who the hub delivers its messages to.
    struct room final : subscriber {
        void deliver(message_ptr const& m) override { feed->deliver(*this, m); }

        sse_feed* feed = nullptr;
        std::string name; ///< empty when the feed has no other room
        std::optional<position> from;
        position at; ///< where the client stands, unless it is lost
        subscription membership;
    };

    /// What waits until all rooms have answered: a message, or the news that a position was lost.
    struct held {
        room* where;
        message_ptr message;
    };

    sse_feed(std::shared_ptr<sse_connection> const& stream, feed_layout layout,
             std::chrono::milliseconds retry)
        : stream_(stream), retry_(retry), layout_(layout) {}

    void start(hub& rooms, std::size_t where, std::vector<feed_wish> wishes);
    void stop();
    void begin(room& r, subscription s, subscribed past);
    static bool is_lost(room const& r, subscribed const& past);
    void write_past();
    void deliver(room& r, message_ptr const& m);
    void write_reset(room& r);
    void write(message const& m, room& r, bool live);
    void note_position(room& r, std::uint64_t offset);
    std::string id() const;
    payload bytes_of(message const& m, room const& r) const;
    payload block(message const& m, room const& r) const;

    std::weak_ptr<sse_connection> stream_;
    sse_connection* live_ =
        nullptr;              ///< valid while subscribed: the stream ends the subscriptions before it goes
    std::vector<room> rooms_; ///< stays as it is from start() on, for the hub points into it
    std::vector<held> held_;
    position_cookie cookie_;  ///< of many_rooms
    std::size_t waiting_ = 0; ///< rooms that have not answered yet
    std::chrono::milliseconds retry_;
    feed_layout layout_;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/detail/impl/sse_feed.ipp>
#endif
