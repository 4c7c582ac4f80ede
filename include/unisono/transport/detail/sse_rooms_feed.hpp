#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/hub/position_cookie.hpp>
#include <unisono/hub/subscriber.hpp>
#include <unisono/hub/subscription.hpp>
#include <unisono/transport/detail/sse_feed.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace unisono::inline v0::detail {

/// Carries the messages of many rooms into one event stream. Ids are position cookies, types are names of
/// rooms.
class sse_rooms_feed final : public sse_feed {
public:
    /// A room the client wants.
    struct wish {
        std::string room;
        subscribe_options past = {};
    };

    sse_rooms_feed(http_exchange const& exchange, std::size_t count, sse_options const& options)
        : sse_feed(exchange, options), rooms_(count), waiting_(count) {}

    /// Answers `exchange` with the feed.
    static void serve(http_exchange const& exchange, hub& rooms, std::size_t where, std::vector<wish> wishes,
                      sse_options const& options);

private:
    /// A room of this feed, and who the hub delivers its messages to.
    struct room final : subscriber {
        void deliver(message_ptr const& m) override { feed->deliver(*this, m); }

        sse_rooms_feed* feed = nullptr;
        std::string name;
        position at; ///< where the client stands, unless it is lost
        subscription membership;
    };

    /// What waits until all rooms have answered: a message, or the news that a position was lost.
    struct held {
        room* where;
        message_ptr message;
    };

    void on_end() noexcept override;
    void begin(room& r, subscription s, subscribed const& past);
    void write_held();
    void deliver(room& r, message_ptr const& m);
    void write(room& r, message const& m, bool live);
    void move_to(room& r, std::uint64_t offset);
    payload bytes_of(message const& m, room const& r) const;

    std::vector<room> rooms_; ///< stays as it is, for the hub points into it
    std::vector<held> held_;
    position_cookie cookie_; ///< where the client stands in all of them
    std::size_t waiting_;    ///< rooms that have not answered yet
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/detail/impl/sse_rooms_feed.ipp>
#endif
