#pragma once

#include <unisono/core/result.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/sse_options.hpp>
#include <unisono/wire/sse_event.hpp>

#include <asio/detail/config.hpp>
#if defined(ASIO_HAS_CO_AWAIT)
#include <asio/awaitable.hpp>
#endif

#include <functional>
#include <memory>
#include <stop_token>

namespace unisono::inline v0 {

namespace detail {
class sse_stream_connection;
}

/// A stream of server-sent events to one client (WHATWG HTML, 9.2).
///
/// A handle that may be copied and kept. Thread safety: all members may be called from any thread, send() and
/// drained() on the stream's shard.
class sse_stream {
public:
    /// Answers the request with an event stream. On the exchange's shard. A HEAD request gets the fields
    /// alone; then, and when the client has gone, the stream is closed from the start.
    static sse_stream open(http_exchange const& exchange, sse_options const& options = {});

    /// Queues an event; never blocks. Errors: as encode_sse().
    result<send_status> write(sse_event const& event) const;

    /// Queues a whole block, or several, that encode_sse() made before: encode once, send to many.
    send_status write_block(payload block) const;

    /// Ends the stream in order: what is queued still arrives.
    void close() const;

    bool is_open() const noexcept;

    /// Stops when the client leaves or the stream ends: for whoever produces the events.
    std::stop_token stop_token() const noexcept;

    shard& home() const noexcept;

#if defined(ASIO_HAS_CO_AWAIT)
    /// Queues an event and waits while the client lags behind: a producer that uses this runs at the reader's
    /// pace. Throws std::system_error when the stream is closed, which ends a coroutine that has nothing else
    /// to do.
    asio::awaitable<void> send(sse_event event) const;
    asio::awaitable<void> send_block(payload block) const;
#endif

    /// Calls `then` once what is queued has been written, or the stream has closed: on its shard, or at once
    /// when it is closed already.
    void when_drained(std::function<void()> then) const;

private:
    explicit sse_stream(std::shared_ptr<detail::sse_stream_connection> c) noexcept
        : connection_(std::move(c)) {}

    std::shared_ptr<detail::sse_stream_connection> connection_; ///< null: it never began
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/impl/sse_stream.ipp>
#endif
