#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/hub/subscriber.hpp>
#include <unisono/hub/subscription.hpp>
#include <unisono/transport/detail/sse_feed.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace unisono::inline v0::detail {

/// Carries the messages of one room into an event stream. Ids are `epoch:offset`.
class sse_room_feed final : public sse_feed, public subscriber {
public:
    /// What a message's data is.
    enum class content : std::uint8_t {
        text,   ///< the data of an event
        blocks, ///< a block of the stream already; an empty one ends it
    };

    /// What the client gets of the past.
    struct wish {
        subscribe_options past = {};
        /// Of what `past` brings, only what is behind this; an empty epoch is any. When that is no longer all
        /// there, a reset comes first.
        std::optional<position> from = {};
    };

    sse_room_feed(http_exchange const& exchange, content what, sse_options const& options)
        : sse_feed(exchange, options), content_(what) {}

    /// Answers `exchange` with the feed.
    static void serve(http_exchange const& exchange, hub& rooms, std::size_t where, std::string_view room,
                      wish wanted, content what, sse_options const& options);

    void deliver(message_ptr const& m) override { write(*m, true); }

private:
    void on_end() noexcept override { membership_.cancel(); }
    void begin(subscription s, subscribed const& past, std::optional<position> const& from);
    static bool is_lost(subscribed const& past, std::optional<position> const& from);
    void write(message const& m, bool live);
    payload bytes_of(message const& m) const;
    payload block(message const& m) const;

    subscription membership_;
    content content_;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/detail/impl/sse_room_feed.ipp>
#endif
