#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/wire/close_code.hpp>

#include <string_view>

namespace unisono::inline v0 {

/// What a session needs of its connection. Called on the session's shard.
class y_websocket_carrier {
public:
    virtual ~y_websocket_carrier() = default;

    /// Sends a WebSocket frame that answers the peer, whatever is queued.
    virtual void reply(payload frame) = 0;

    /// Sends a WebSocket frame that others caused; false when too much is queued.
    virtual bool relay(payload const& frame) = 0;

    virtual void close(close_code code, std::string_view reason) = 0;
};

} // namespace unisono::inline v0
