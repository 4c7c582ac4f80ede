#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/websocket_handler.hpp>
#include <unisono/wire/close_code.hpp>
#include <unisono/wire/websocket_compression.hpp>
#include <unisono/wire/websocket_decoder.hpp>

#include <asio/detail/config.hpp>
#if defined(ASIO_HAS_CO_AWAIT)
#include <asio/awaitable.hpp>
#endif

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

namespace detail {
class websocket_connection;
}

struct websocket_options {
    websocket_limits limits = {};
    /// For a message from its first byte to its last, as long as reading is not paused; then 1008.
    std::chrono::milliseconds message_timeout{30'000};
    /// Control frames (ping, pong) a peer may send in a second, and at once; at least 1. Beyond, 1008. Only
    /// the last ping waiting for an answer gets one.
    std::uint32_t control_rate = 30;
    /// A ping is sent when nothing was received for so long (the first after a random part of it, so that
    /// many sessions do not ping at once).
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds pong_timeout{10'000}; ///< after a ping, until the peer counts as dead
    std::chrono::milliseconds close_timeout{5'000}; ///< for the peer's answer to a close frame
    std::chrono::milliseconds tick{0};              ///< of websocket_handler::on_tick; 0: none
    /// Subprotocols spoken here. The first one the client offers is chosen; none is fine when the client
    /// offers none.
    std::vector<std::string> subprotocols = {};
    /// Clients that offer subprotocols of which none is spoken here are refused; when true, also those that
    /// offer none.
    bool subprotocol_required = false;
    /// How messages are compressed for clients that offer it: permessage_deflate(). Null: not at all.
    std::shared_ptr<websocket_compression const> compression = {};
};

/// A message received.
struct websocket_message {
    std::string data;
    bool binary = false;
};

/// One WebSocket (RFC 6455), the server's side.
///
/// A handle that may be copied and kept. Thread safety: all members may be called from any thread, receive()
/// on the session's shard.
class websocket_session {
public:
    /// Answers the opening handshake and hands the connection to `handler`, or answers why not (then the
    /// result is an error). On the exchange's shard.
    static result<websocket_session> accept(http_exchange const& exchange,
                                            std::unique_ptr<websocket_handler> handler,
                                            websocket_options const& options = {});

    /// The same without a copy of the options for each session.
    static result<websocket_session> accept(http_exchange const& exchange,
                                            std::unique_ptr<websocket_handler> handler,
                                            std::shared_ptr<websocket_options const> options);

    /// Queues a message; never blocks. `text` must be valid UTF-8. Compressed when that was agreed and pays.
    send_status send_text(std::string_view text) const;
    send_status send_binary(bytes_view data) const;

    /// Queues the data of a room's message, at the pace of its room. It is encoded once for all sessions, and
    /// compressed once for all that agreed to it. `how` and `key` as in connection::send().
    send_status send_message(message const& m, overflow how = overflow::refuse, std::uint64_t key = 0) const;

    /// Queues `plain`, a form of `m` that is a whole frame, or its compressed form when that was agreed and
    /// pays: made once and kept as `compressed`.
    send_status send_form(message const& m, payload const& plain, wire_form compressed,
                          overflow how = overflow::refuse, std::uint64_t key = 0) const;

    /// Queues a frame that was encoded before (wire/websocket_frame.hpp): encode once, send to many. `how`,
    /// `key` and `window` as in connection::send().
    send_status send_frame(payload const& frame, overflow how = overflow::refuse, std::uint64_t key = 0,
                           std::chrono::milliseconds window = {}) const;

    /// Queues a frame whatever the outbox's bound says. On the session's shard; for answers the peer asked
    /// for.
    void send_exempt(payload frame) const;

    /// Starts the closing handshake. Messages that still arrive are not delivered. Only the first call
    /// counts.
    void close(close_code code = close_code::normal, std::string_view reason = {}) const;

    /// While paused nothing is read, and TCP holds the peer back. On the session's shard.
    void pause_receiving() const noexcept;
    void resume_receiving() const;

    /// Whether websocket_handler::on_drained() is wanted; at first it is. Without, a delivery costs less. On
    /// the session's shard.
    void watch_drained(bool on) const noexcept;

    bool is_open() const noexcept;
    std::size_t queued_bytes() const noexcept;
    std::size_t exempt_bytes() const noexcept; ///< of these, queued by send_exempt()
    std::size_t outbox_limit() const noexcept;
    shard& home() const noexcept;
    std::string peer() const;                        ///< the client's address
    std::string const& subprotocol() const noexcept; ///< chosen in the handshake; may be empty

#if defined(ASIO_HAS_CO_AWAIT)
    /// The next message, or nothing when the session is over. For sessions accepted with a websocket_inbox.
    asio::awaitable<std::optional<websocket_message>> receive() const;
#endif

private:
    friend class detail::websocket_connection;
    explicit websocket_session(std::shared_ptr<detail::websocket_connection> c) noexcept
        : connection_(std::move(c)) {}

    send_status send_own(websocket_opcode opcode, bytes_view data) const;

    std::shared_ptr<detail::websocket_connection> connection_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// Its definitions need both classes, whichever header comes first.
#include <unisono/transport/websocket_inbox.hpp>
#endif
