#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/sse_stream.hpp>

#include <cstddef>
#include <string_view>

namespace unisono::inline v0 {

struct sse_feed_options {
    sse_options stream = {};
    std::size_t last = 0; ///< how many earlier messages a new client gets
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

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/impl/sse_feed.ipp>
#endif
