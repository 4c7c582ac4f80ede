#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/sse_stream.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

struct sse_feed_options {
    sse_options stream = {};
    std::size_t last = 0;       ///< how many earlier messages of each room a new client gets
    std::size_t max_rooms = 16; ///< in one stream; see position_cookie::max_size before you raise it
    /// May this client have this room? 200 says yes; any other status answers the request: 403, 401, or 204,
    /// at which EventSource stops for good. Asked again whenever a client comes back, for every room. On the
    /// exchange's shard. Empty: everybody may.
    std::function<int(http_exchange const&, std::string_view room)> admit = {};
};

/// Answers a request with the live feed of a room: each publication is an event whose id is `epoch:offset`.
///
/// A client that comes back with the id of its last event (EventSource does so by itself) gets exactly what
/// it missed. When that can no longer be told, it gets `event: reset` first, so that it can load anew. Before
/// the first publication the client is given an id without an event, so that even a client that saw nothing
/// can resume. A client that reads too slowly is closed and resumes.
///
/// `where` is the index of the exchange's shard in `rooms`. On that shard.
void serve_sse_feed(http_exchange const& exchange, hub& rooms, std::size_t where, std::string_view room,
                    sse_feed_options const& options = {});

/// The same for many rooms in one stream, which spares browsers their six connections: the type of an event
/// is its room's name, its id says where the client stands in all of them (position_cookie), and a reset
/// names its room: `{"room":"news","reason":"position lost"}`.
///
/// Answered with 400: no room or too many, and names that are empty, longer than 255 bytes, hold control
/// characters, or are types with a meaning of their own (`open`, `error`, `message`, `reset`, `ping`).
void serve_sse_feed(http_exchange const& exchange, hub& rooms, std::size_t where,
                    std::vector<std::string> names, sse_feed_options const& options = {});

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/impl/sse_feed.ipp>
#endif
