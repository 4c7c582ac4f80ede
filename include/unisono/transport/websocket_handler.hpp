#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/clock.hpp>
#include <unisono/wire/close_code.hpp>

#include <string_view>

namespace unisono::inline v0 {

class websocket_session;

/// A conversation over one WebSocket. Called on the session's shard, one call at a time. What a call throws
/// closes the session with 1011.
class websocket_handler {
public:
    virtual ~websocket_handler() = default;

    /// The protocol spoken, for people who look. A static text, from a small set.
    virtual std::string_view kind() const noexcept { return "websocket"; }

    /// Comes first, once; also when the peer has left already.
    virtual void on_open(websocket_session const&) {}

    /// A whole message. `data` is valid during the call; text is valid UTF-8.
    virtual void on_message(websocket_session const&, bytes_view data, bool binary) = 0;

    /// Everything queued has been given to the operating system.
    virtual void on_drained(websocket_session const&);

    /// There was no room for something, and now half of the outbox is free.
    virtual void on_low_water(websocket_session const&) {}

    /// Called about every websocket_options::tick, when that is set.
    virtual void on_tick(websocket_session const&, clock::time_point) {}

    /// The server is shutting down: say so. The close frame (1001) follows by itself unless this closes.
    virtual void on_shutdown(websocket_session const&) {}

    /// The session is over. Exactly once, last. `code` is what the peer or we closed with; 1006 when the
    /// connection broke.
    virtual void on_close(close_code, std::string_view) {}
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// Its definitions need both classes, whichever header comes first.
#include <unisono/transport/websocket_session.hpp>
#endif
