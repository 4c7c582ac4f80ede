#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/wire/close_code.hpp>

#include <string_view>
#include <utility>

namespace unisono::inline v0 {

/// What a native session is held on: a WebSocket, an event stream, a host's own server. It only moves bytes
/// that are ready to be written.
///
/// Called on the session's shard. None of its members may call back into the session before it returns.
class native_carrier {
public:
    virtual ~native_carrier() = default;

    /// What the bytes it is given look like, always the same:
    ///
    ///     native_json       the body of one text message: 1 to 64 JSON objects, joined by line feeds
    ///     native_websocket  that body as a whole WebSocket frame (RFC 6455)
    ///     native_sse        blocks of an event stream, an object each
    ///     native_ndjson     lines, an object each
    ///
    /// A broadcast is encoded once for each form in use, whatever the number of its readers.
    virtual wire_form form() const noexcept = 0;

    /// Queues an answer to what the peer asked, whatever the outbox's bound says. The session keeps the
    /// amount small by not taking more requests until native_session::on_drained().
    virtual void reply(payload bytes) = 0;

    /// Queues a broadcast. False, and nothing queued, when the outbox is full.
    virtual bool push(payload bytes) = 0;

    /// As push(), of a message: `bytes` is form() of `m`. The carrier may also keep a form of its own of it,
    /// and may let it wait for up to `m.pace` to leave with others.
    virtual bool push_message(message const&, payload const& bytes) { return push(bytes); }

    /// Holds the peer back, if the carrier can (TCP does for a WebSocket). What was already read may still
    /// come.
    virtual void pause_receiving() {}
    virtual void resume_receiving() {}

    /// Writes what is queued, then closes. The peer was told `code` and `reason` (short plain text) in a
    /// `disconnect` message already: they are for carriers that have a place for them.
    virtual void close(close_code code, std::string_view reason) = 0;
};

} // namespace unisono::inline v0
