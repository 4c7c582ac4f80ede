#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/wire/close_code.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>

namespace unisono::inline v0 {

/// What a conversation about documents needs of its WebSocket. Called on the session's shard.
class document_carrier {
public:
    virtual ~document_carrier() = default;

    /// Sends a WebSocket frame that answers the peer, whatever is queued. `more`: bytes of the same answer
    /// that follow in other frames.
    virtual void reply(payload frame, std::size_t more) = 0;

    /// Sends a WebSocket frame that others caused, within `pace`; false when too much is queued. Then the
    /// conversation is told when there is room again.
    virtual bool relay(payload const& frame, std::chrono::milliseconds pace) = 0;

    virtual void close(close_code code, std::string_view reason) = 0;
};

} // namespace unisono::inline v0
