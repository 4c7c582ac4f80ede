#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/wire/close_code.hpp>

#include <string_view>

namespace unisono::inline v0 {

/// The connection below a native session: takes WebSocket frames that are ready to be written.
///
/// Called on the session's shard. None of its members may call back into the session before it returns.
class native_carrier {
public:
    virtual ~native_carrier() = default;

    /// Queues an answer to what the peer asked, whatever the outbox's bound says. The session keeps the
    /// amount small by not asking for more requests until on_drained().
    virtual void reply(payload frame) = 0;

    /// Queues a broadcast. False, and nothing queued, when the outbox is full.
    virtual bool push(payload frame) = 0;

    /// Lets TCP hold the peer back. What was already read may still come.
    virtual void pause_receiving() = 0;
    virtual void resume_receiving() = 0;

    /// Writes what is queued, then closes. `reason` is short plain text.
    virtual void close(close_code code, std::string_view reason) = 0;
};

} // namespace unisono::inline v0
