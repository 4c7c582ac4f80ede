#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>
#include <unisono/core/ip_address.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/hub/outbox.hpp>
#include <unisono/net/admission.hpp>
#include <unisono/net/shard.hpp>
#include <unisono/net/stream_filter.hpp>
#include <unisono/net/tcp_socket.hpp>
#include <unisono/net/timer_wheel.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace unisono::inline v0 {

class connection;

/// What became of something to send.
enum class send_status {
    queued, ///< it will be written unless the connection fails
    full,   ///< not queued: the peer reads too slowly
    closed, ///< not queued: the connection is closing or gone
};

/// What speaks on a connection. One at a time; HTTP hands over to WebSocket or SSE. Called on the
/// connection's shard.
class connection_handler {
public:
    virtual ~connection_handler() = default;

    /// What is spoken, for people who look: "http", "websocket". A static text, from a small set.
    virtual std::string_view kind() const noexcept { return "other"; }

    /// It is this handler's turn. Comes before anything else.
    virtual void on_start(connection&) {}

    /// Bytes arrived. All of them are the handler's now; it may change them in place until it returns.
    virtual void on_data(connection&, mutable_bytes) = 0;

    /// Another handler takes over: the bytes received and not used are its.
    virtual byte_buffer take_rest() { return {}; }

    /// Everything queued has been given to the operating system. See connection::watch_drained().
    virtual void on_drained(connection& c);

    /// There was no room for something, and now half of the outbox is free.
    virtual void on_low_water(connection&) {}

    /// The deadline set with set_deadline() has passed.
    virtual void on_deadline(connection&) {}

    /// The server is shutting down: say goodbye in the protocol's way and close.
    virtual void on_shutdown(connection& c);

    /// The connection is gone. Comes exactly once, last, and never from inside a call into the connection.
    virtual void on_closed(connection&, std::error_code) {}
};

/// A TCP connection on a shard: bounded outbox with gathered writes, reads without a buffer of its own, a
/// deadline.
///
/// Ownership: keeps itself alive until on_closed() has returned. May outlive its shard, and is closed then.
/// Thread safety: on its shard, except queued_bytes(), is_open() and post().
class connection final : public std::enable_shared_from_this<connection>,
                         private timer_wheel::entry,
                         private detail::list_link<shard>,
                         private detail::poll_target {
public:
    /// `filter`: what encrypts; null for plain TCP. Its handshake comes before the handler's on_start().
    connection(shard& home, tcp_socket socket, std::unique_ptr<connection_handler> handler,
               std::size_t outbox_limit, std::unique_ptr<stream_filter> filter = nullptr);
    ~connection();

    /// Begins to read. A filter's handshake may take `handshake_timeout`; on_start() never comes if it fails.
    void start(clock::duration handshake_timeout = std::chrono::seconds{5});

    /// Keeps a place among the connections until this one is gone.
    void hold(admission::ticket place) noexcept { place_ = std::move(place); }

    /// It comes from a proxy and belongs to this client from now on, who takes the place among the
    /// connections. False when there is none left for that client. Before anybody else learns of the peer.
    bool assign_to(ip_address const& client);

    /// The filter's handshake is under way.
    bool is_handshaking() const noexcept { return handshaking_; }

    /// Queues bytes to write. False, and nothing queued, when they were refused for lack of room, or the
    /// connection is closing; `how` and `key` say what else may happen without room, see outbox::push().
    ///
    /// They leave at the latest after the events that are ready now. With a `window` (of whole milliseconds,
    /// at most a minute) they may wait for its end: connections of the same window are flushed together, once
    /// per window, which saves most system calls of a room with many messages a second. Whatever is sent
    /// without one takes along what is queued before it; the order never changes.
    ///
    /// `Bytes`: payload, shared when given as an lvalue.
    template <class Bytes>
    UNISONO_HOT bool send(Bytes&& bytes, overflow how = overflow::refuse, std::uint64_t key = 0,
                          std::chrono::milliseconds window = {}) {
        return accepts() && queue(std::forward<Bytes>(bytes), how, key, window);
    }

    /// Queues bytes whatever the outbox's bound says: control frames, the last words.
    void send_exempt(payload bytes);

    /// send() from any thread. From another than the shard's, `full` also means that the limit is on its way
    /// already; then nothing is lost instead.
    template <class Bytes>
    UNISONO_HOT send_status post(Bytes&& bytes, overflow how = overflow::refuse, std::uint64_t key = 0,
                                 std::chrono::milliseconds window = {}) {
        if (!accepts())
            return send_status::closed;
        if (!home_.running_here()) [[unlikely]]
            return post_other(std::forward<Bytes>(bytes), how, key, window);
        return queue(std::forward<Bytes>(bytes), how, key, window) ? send_status::queued : send_status::full;
    }

    /// As post() of payload::build(size, fill), for bytes that nobody shares.
    template <class Fill>
    UNISONO_HOT send_status post_built(std::size_t size, Fill&& fill) {
        if (!accepts()) // first: of one that is closed the shard may be gone
            return send_status::closed;
        if (!home_.running_here()) [[unlikely]]
            return post(payload::build(size, fill));
        return queued(outbox_.push_built(size, fill), {}) ? send_status::queued : send_status::full;
    }

    /// Whether the handler wants on_drained(); at first it does. Worth saying no to: a delivery costs less.
    void watch_drained(bool on) noexcept { watch_drained_ = on; }

    /// The last word is queued: whatever would follow it is refused.
    void finish_sending() noexcept {
        if (accepts())
            become(state::finishing);
    }

    /// Sends what is queued, then closes in order: our side first, then the peer's or a short deadline.
    /// Nothing more is received.
    void close();

    /// Lets the handler end the conversation in its own way: the server is shutting down.
    void shut_down();

    /// Closes now; what is queued is lost.
    void abort(std::error_code why = {});

    /// Hands the connection to another handler once the current call returns.
    void hand_over(std::unique_ptr<connection_handler> next);

    /// One deadline per connection; setting it moves it.
    void set_deadline(clock::duration from_now);

    /// How long the peer's machine may leave bytes unacknowledged before the connection counts as lost
    /// (TCP_USER_TIMEOUT, RFC 5482). The operating system's own patience is a quarter of an hour.
    void limit_unacknowledged(std::chrono::milliseconds time);
    void clear_deadline() noexcept;

    /// While paused nothing is read, and the peer is held back by TCP. The end of the connection goes
    /// unnoticed, too.
    void pause_reading() noexcept { paused_ = true; }
    void resume_reading();
    bool reading_paused() const noexcept { return paused_; }

    shard& home() noexcept { return home_; }
    connection_handler& handler() noexcept { return *handler_; }
    connection_handler const& handler() const noexcept { return *handler_; }
    std::uint64_t id() const noexcept { return id_; } ///< unique on its shard

    /// The peer's address as text; empty when it was gone before we could ask. From any thread.
    std::string peer() const { return socket_.peer().text(); }
    ip_address const& peer_address() const noexcept { return socket_.peer(); }

    bool is_open() const noexcept { return state_.load(std::memory_order_relaxed) <= state::finishing; }
    std::size_t queued_bytes() const noexcept { return outbox_.bytes(); }
    std::size_t exempt_bytes() const noexcept { return outbox_.bytes() - outbox_.counted_bytes(); }
    std::size_t outbox_limit() const noexcept { return outbox_.limit(); }
    outbox const& queue() const noexcept { return outbox_; } ///< its counters

    /// The operating system takes no more for now: the peer reads too slowly.
    bool waits_for_peer() const noexcept { return waiting_writable_; }

    std::uint64_t written_bytes() const noexcept { return written_; } ///< so far: tells slow peers from dead

    /// As shared_from_this(), cheaper: null before start() and after the handler was told of the end. On the
    /// shard.
    std::shared_ptr<connection> const& self() const noexcept { return self_; }

private:
    friend class shard;
    friend class detail::flush_queue;

    enum class state : std::uint8_t {
        open,
        finishing, ///< open, but the last word is queued
        closing,   ///< writes what is queued
        lingering, ///< has written all and waits for the peer's end
        closed,
    };

    bool accepts() const noexcept { return state_.load(std::memory_order_relaxed) == state::open; }
    bool is(state s) const noexcept { return state_.load(std::memory_order_relaxed) == s; }
    void become(state s) noexcept { state_.store(s, std::memory_order_relaxed); }
    template <class Bytes>
    UNISONO_HOT bool queue(Bytes&& bytes, overflow how, std::uint64_t key, std::chrono::milliseconds window) {
        if constexpr (std::is_lvalue_reference_v<Bytes>)
            return queued(outbox_.push_shared(bytes, how, key, home_.flushes_.joiner()), window);
        else
            return queued(outbox_.push(std::move(bytes), how, key), window);
    }
    UNISONO_HOT bool queued(bool taken, std::chrono::milliseconds window) {
        if (!taken) [[unlikely]]
            home_.metrics().sends_refused.add();
        else
            request_flush(window);
        return taken;
    }

    /// Writes as much as the socket takes now.
    UNISONO_HOT void flush();
    void flush_paced(std::chrono::milliseconds window);
    UNISONO_HOT void request_flush(std::chrono::milliseconds window = {}) {
        if (flush_posted_ || waiting_writable_)
            return;
        if (window.count() > 0) [[unlikely]] {
            request_paced_flush(window);
        } else {
            flush_posted_ = true;
            home_.flushes_.add(*this);
        }
    }
    template <class Bytes>
    UNISONO_COLD send_status post_other(Bytes&& bytes, overflow how, std::uint64_t key,
                                        std::chrono::milliseconds window) {
        return post_from_elsewhere(payload{std::forward<Bytes>(bytes)}, how, key, window);
    }
    send_status post_from_elsewhere(payload&& bytes, overflow how, std::uint64_t key,
                                    std::chrono::milliseconds window);
    void request_paced_flush(std::chrono::milliseconds window);
    void flush_rest();
    void tell_drained();
    UNISONO_HOT bool write_lone();
    UNISONO_HOT void count_written(std::size_t count) noexcept {
        written_ += count;
        home_.metrics().bytes_out.add(count);
    }
    void on_deadline() override;
    void on_ready(std::uint32_t events) override;
    void watch();
    void read();
    void on_readable();
    void on_end();
    void take(mutable_bytes bytes);
    void take_filtered(mutable_bytes received);
    bool read_filtered(mutable_bytes received);
    bool write_plain();
    bool write_filtered();
    bool fill_filter();
    bool write_stopped(std::error_code why);
    bool has_unsent() const noexcept { return !outbox_.empty() || (filter_ && !filter_->pending().empty()); }
    void linger();
    void tell_closed(std::error_code why);
    void abandon();
    void detach();
    void close_socket() noexcept;
    bool is_attached() const noexcept { return detail::list_link<shard>::is_linked(); }
    void count_end(std::error_code why) noexcept;

    /// Runs a handler's code; what it throws ends this connection and no other.
    template <class Call>
    void guarded(Call&& call);
    void on_exception(std::string_view what);

    // What every delivery touches stands together.
    shard& home_;
    std::unique_ptr<stream_filter> filter_; ///< null: plain TCP
    std::atomic<state> state_{state::open}; ///< written on the shard
    bool flush_posted_ = false;
    bool waiting_writable_ = false;
    bool watch_drained_ = true;
    bool reading_ = false;
    bool paused_ = false;
    bool taking_ = false;
    bool handshaking_;
    bool paced_ = false;       ///< it waited for a window once, and may stand in the row of any
    std::uint8_t watched_ = 0; ///< what the poller knows: EPOLLIN, EPOLLOUT
    std::uint16_t pace_ = 0;   ///< the shortest window it waits for, in ms; 0: none
    tcp_socket socket_;
    outbox outbox_;
    std::uint64_t written_ = 0;

    std::unique_ptr<connection_handler> handler_;
    std::unique_ptr<connection_handler> next_;
    std::shared_ptr<connection> self_; ///< until it is closed
    admission::ticket place_;
    std::uint64_t id_;
    std::uint64_t written_before_ = 0;       ///< when the deadline of a closing connection was set
    std::atomic<std::size_t> in_transit_{0}; ///< bytes posted from other threads, not yet queued
};

inline void connection_handler::on_drained(connection& c) {
    c.watch_drained(false); // who does not override this does not want to know
}

inline void connection_handler::on_shutdown(connection& c) {
    c.close();
}

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/net/detail/impl/flush_queue.ipp>
#include <unisono/net/detail/impl/poller.ipp>
#include <unisono/net/impl/connection.ipp>
#include <unisono/net/impl/connection_filter.ipp>
#include <unisono/net/impl/shard.ipp>
#endif
