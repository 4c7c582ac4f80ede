#pragma once

#include <unisono/hub/message.hpp>
#include <unisono/hub/position.hpp>
#include <unisono/transport/detail/sse_connection.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// `epoch:offset`, the id of an event in a feed of one room.
std::string feed_id(std::string_view epoch, std::uint64_t offset);
/// What such an id says; nothing when it makes no sense.
std::optional<position> parse_feed_id(std::string_view id);

/// What feeds have in common: streams whose ids say where the client stands, so that it can resume.
class sse_feed : public sse_connection {
protected:
    using sse_connection::sse_connection;

    /// The first words. A cut connection has no last ones to say it in.
    void write_retry();

    /// Gives the client an id without an event.
    void write_id(std::string_view id);

    /// Tells that a position is lost; `room` is empty when there is no other.
    void write_reset(std::string_view id, std::string_view room);

    /// Queues what was missed. History is bounded itself, and who comes back slowly could never catch up if
    /// it counted.
    void write_past(payload framed) { link().send_exempt(std::move(framed)); }

    /// Queues what is new. Who has no room for it is cut off, and resumes by its last id.
    bool write_live(payload framed, message const& m);
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/detail/impl/sse_feed.ipp>
#endif
