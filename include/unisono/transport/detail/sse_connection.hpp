#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/sse_options.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

/// An event stream on its connection: framing, heartbeat, and the end. What the stream says is the business
/// of who derives from this.
///
/// There may be very many that have nothing to say, so it is kept small. Thread safety: as sse_stream.
class sse_connection : public connection_handler {
public:
    /// Answers the request with the head of the stream and hands its connection to `made`. False when the
    /// request was answered already, or the client has gone.
    static bool start(http_exchange const& exchange, std::unique_ptr<sse_connection> made);

    std::string_view kind() const noexcept final { return "sse"; }
    void on_start(connection& c) final;
    void on_data(connection&, mutable_bytes) final {} // a client has nothing to say on its stream
    void on_drained(connection& c) override;
    void on_deadline(connection& c) final;
    void on_shutdown(connection& c) final;
    void on_closed(connection&, std::error_code) override { on_end(); }

    send_status write(payload block);
    void close();

    connection& link() const noexcept { return link_; }

protected:
    sse_connection(http_exchange const& exchange, sse_options const& options);

    /// The stream is over and takes nothing more. On the shard; may come more than once.
    virtual void on_end() noexcept = 0;

    bool chunked() const noexcept { return chunked_; } ///< HTTP/1.1; else its end ends the stream
    payload framed(payload block) const;
    std::chrono::milliseconds retry() const noexcept { return retry_; }

private:
    /// Up to 24 days, in half the size.
    using short_time = std::chrono::duration<std::int32_t, std::milli>;
    static short_time shortened(std::chrono::milliseconds time) noexcept;

    void end(connection& c);
    void end(connection& c, std::chrono::milliseconds retry);
    void set_next_deadline(connection& c, clock::time_point now);

    connection& link_;
    clock::time_point ends_ = clock::time_point::max();
    clock::time_point progress_;
    std::uint64_t written_ = 0; ///< when progress was last looked for
    payload heartbeat_block_;   ///< empty: a comment
    short_time heartbeat_;
    short_time retry_;
    short_time write_timeout_;
    bool chunked_;
};

/// As sse_connection::start(). What is returned keeps the connection alive; null when it did not start.
template <class Stream>
std::shared_ptr<Stream> start_sse(http_exchange const& exchange, std::unique_ptr<Stream> made) {
    // Shares ownership with the connection, which owns its handler until it goes itself.
    std::shared_ptr<Stream> handle{exchange.link().shared_from_this(), made.get()};
    return sse_connection::start(exchange, std::move(made)) ? handle : nullptr;
}

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/detail/impl/sse_connection.ipp>
#endif
