#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/connection.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <exception>
#include <sys/epoll.h>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// How long a closing connection waits for the peer to take some of what is queued, and then to close its
/// side; without it a reset could overtake the last bytes.
inline constexpr std::chrono::seconds linger_time{5};

} // namespace detail

UNISONO_DECL connection::connection(shard& home, tcp_socket socket,
                                    std::unique_ptr<connection_handler> handler, std::size_t outbox_limit,
                                    std::unique_ptr<stream_filter> filter)
    : home_(home),
      filter_(std::move(filter)),
      handshaking_(filter_ != nullptr),
      socket_(std::move(socket)),
      outbox_(outbox_limit),
      handler_(std::move(handler)),
      id_(home.metrics().accepted.value() + 1) {
    home.metrics().accepted.add();
    home_.remember(*this);
}

UNISONO_DECL bool connection::assign_to(ip_address const& client) {
    if (!place_.move_to(client))
        return false;
    socket_.set_peer(client);
    return true;
}

UNISONO_DECL connection::~connection() {
    if (is_attached()) // never started
        home_.forget(*this);
}

template <class Call>
void connection::guarded(Call&& call) {
    try {
        call();
    } catch (std::exception const& e) {
        on_exception(e.what());
    } catch (...) {
        on_exception("something that is no std::exception");
    }
}

UNISONO_DECL void connection::on_exception(std::string_view what) {
    home_.metrics().handler_exceptions.add();
    home_.log().write(severity::error, "net", "a connection's handler threw",
                      {{"reason", what}, {"connection", id_}, {"peer", peer()}});
    abort(std::make_error_code(std::errc::operation_canceled));
}

UNISONO_DECL void connection::start(clock::duration handshake_timeout) {
    self_ = shared_from_this();
    if (handshaking_)
        home_.timers().set(*this, home_.time().now() + handshake_timeout);
    else
        guarded([&] { handler_->on_start(*this); });
    read();
}

UNISONO_DECL void connection::send_exempt(payload bytes) {
    if (!accepts())
        return;
    outbox_.push_exempt(std::move(bytes));
    request_flush();
}

UNISONO_DECL send_status connection::post_from_elsewhere(payload&& bytes, overflow how, std::uint64_t key,
                                                         std::chrono::milliseconds window) {
    // Who is refused must learn it now, so room is reserved. Other policies find their room over there.
    bool const reserve = how == overflow::refuse;
    std::size_t const size = bytes.size();
    std::size_t const waiting =
        in_transit_.fetch_add(size, std::memory_order_relaxed) + (reserve ? outbox_.counted_bytes() : 0);
    if (waiting != 0 && waiting + size > outbox_limit()) {
        in_transit_.fetch_sub(size, std::memory_order_relaxed);
        return send_status::full;
    }
    home_.post([self = shared_from_this(), bytes = std::move(bytes), how, key, window, reserve]() mutable {
        self->in_transit_.fetch_sub(bytes.size(), std::memory_order_relaxed);
        if (!reserve) {
            self->send(std::move(bytes), how, key, window);
        } else if (self->accepts()) {
            self->outbox_.push_reserved(std::move(bytes));
            self->request_flush(window);
        }
    });
    return send_status::queued;
}

UNISONO_DECL void connection::request_paced_flush(std::chrono::milliseconds window) {
    constexpr std::chrono::milliseconds longest = std::chrono::minutes{1};
    auto const pace = static_cast<std::uint16_t>(std::min(window, longest).count());
    if (pace_ == 0 || pace < pace_) {
        pace_ = pace;
        paced_ = true;
        home_.flushes_.add(*this, std::chrono::milliseconds{pace});
    }
}

UNISONO_DECL void connection::flush_rest() {
    if (is(state::closed) || is(state::lingering) || waiting_writable_)
        return;
    bool const had_bytes = has_unsent();
    bool const all = filter_ ? write_filtered() : write_plain();
    if (outbox_.take_low_water() && is_open())
        guarded([&] { handler_->on_low_water(*this); });
    if (!all || !outbox_.empty() || is(state::closed))
        return;
    if (is(state::closing))
        linger();
    else if (had_bytes && watch_drained_ && !handshaking_)
        tell_drained();
}

UNISONO_DECL void connection::tell_drained() {
    guarded([&] { handler_->on_drained(*this); });
}

UNISONO_DECL bool connection::write_plain() {
    while (!outbox_.empty()) {
        std::error_code ec;
        auto const count = outbox_.gather(home_.pieces());
        auto const written = socket_.write_some(home_.pieces().first(count), ec);
        if (ec)
            return write_stopped(ec);
        outbox_.consume(written);
        count_written(written);
    }
    return true;
}

UNISONO_DECL bool connection::write_stopped(std::error_code why) {
    if (why == std::errc::operation_would_block) {
        waiting_writable_ = true;
        watch();
    } else {
        abort(why);
    }
    return false;
}

UNISONO_DECL void connection::close() {
    if (!is_open())
        return;
    become(state::closing);
    written_before_ = written_;
    home_.timers().set(*this, home_.time().now() + detail::linger_time);
    request_flush();
}

UNISONO_DECL void connection::linger() {
    become(state::lingering);
    home_.timers().set(*this, home_.time().now() + detail::linger_time);
    std::error_code ec;
    socket_.shut_down_writing(ec);
    if (ec)
        abort();
    else
        read();
}

UNISONO_DECL void connection::shut_down() {
    if (handshaking_)
        abort();
    else if (is_open())
        guarded([&] { handler_->on_shutdown(*this); });
}

UNISONO_DECL void connection::abort(std::error_code why) {
    if (is(state::closed))
        return;
    become(state::closed);
    home_.timers().clear(*this);
    outbox_.clear();
    close_socket();
    // Later, so that no handler is told of the end while it is still inside a call.
    home_.post([self = shared_from_this(), why] { self->tell_closed(why); });
}

UNISONO_DECL void connection::count_end(std::error_code why) noexcept {
    auto& m = home_.metrics();
    auto& ended = !why || why == asio::error::eof        ? m.ended_in_order
                  : why == std::errc::timed_out          ? m.ended_by_timeout
                  : why == std::errc::no_buffer_space    ? m.ended_slow
                  : why == std::errc::operation_canceled ? m.ended_by_us
                                                         : m.ended_by_network;
    ended.add();
}

UNISONO_DECL void connection::tell_closed(std::error_code why) {
    if (!is_attached()) // told already
        return;
    count_end(why);
    home_.metrics().messages_dropped.add(outbox_.dropped());
    home_.metrics().messages_conflated.add(outbox_.conflated());
    guarded([&] { handler_->on_closed(*this, why); });
    if (next_) { // its turn never came, but somebody may wait for it
        handler_ = std::move(next_);
        guarded([&] { handler_->on_closed(*this, why); });
    }
    detach();
}

UNISONO_DECL void connection::abandon() {
    auto const self = weak_from_this().lock(); // none when it was never shared
    become(state::closed);
    home_.timers().clear(*this);
    tell_closed(std::make_error_code(std::errc::operation_canceled));
}

UNISONO_DECL void connection::detach() {
    if (flush_posted_ || paced_)
        home_.flushes_.remove(*this);
    home_.forget(*this);
    close_socket();
    filter_.reset();
    place_ = {};
    self_.reset();
}

UNISONO_DECL void connection::close_socket() noexcept {
    if (std::exchange(watched_, std::uint8_t{0}) != 0)
        home_.poller_.forget(*this, socket_.native_handle());
    socket_.close();
}

UNISONO_DECL void connection::hand_over(std::unique_ptr<connection_handler> next) {
    next_ = std::move(next);
    if (!taking_)
        home_.post([self = shared_from_this()] {
            self->take({});
            self->read();
        });
}

UNISONO_DECL void connection::set_deadline(clock::duration from_now) {
    if (is_open())
        home_.timers().set(*this, home_.time().now() + from_now);
}

UNISONO_DECL void connection::limit_unacknowledged(std::chrono::milliseconds time) {
    socket_.limit_unacknowledged(time);
}

UNISONO_DECL void connection::clear_deadline() noexcept {
    if (is_open())
        home_.timers().clear(*this);
}

UNISONO_DECL void connection::on_deadline() {
    if (is_open() && !handshaking_)
        guarded([&] { handler_->on_deadline(*this); });
    else if (is(state::closing) && written_ != std::exchange(written_before_, written_))
        home_.timers().set(*this, home_.time().now() + detail::linger_time); // slow is fine, stuck is not
    else
        abort(std::make_error_code(std::errc::timed_out));
}

UNISONO_DECL void connection::resume_reading() {
    paused_ = false;
    if (!taking_) // else the buffer is in use; reading goes on behind it
        read();
}

UNISONO_DECL void connection::read() {
    if ((paused_ && is_open()) || is(state::closed))
        return;
    reading_ = true;
    watch();
}

/// Tells the poller what this waits for, when that has changed.
UNISONO_DECL void connection::watch() {
    auto const wanted =
        static_cast<std::uint8_t>((reading_ ? EPOLLIN : 0U) | (waiting_writable_ ? EPOLLOUT : 0U));
    if (wanted == watched_ || !socket_.is_open())
        return;
    if (auto const ec = home_.poller_.watch(*this, socket_.native_handle(), watched_, wanted))
        abort(ec);
    else
        watched_ = wanted;
}

UNISONO_DECL void connection::on_ready(std::uint32_t events) {
    constexpr std::uint32_t failed = EPOLLERR | EPOLLHUP; // whoever waits finds out why
    if (waiting_writable_ && (events & (EPOLLOUT | failed)) != 0) {
        waiting_writable_ = false;
        flush_rest();
    }
    if (reading_ && (events & (EPOLLIN | failed)) != 0)
        on_readable();
    watch();
}

UNISONO_DECL void connection::on_readable() {
    if (paused_ && is_open()) { // since the last time
        reading_ = false;
        return;
    }
    if (is(state::closed))
        return;
    std::error_code ec;
    // What arrives needs a buffer only now, and the shard has one.
    std::size_t const count = socket_.read_some({home_.scratch(), shard::scratch_size}, ec);
    if (ec == std::errc::operation_would_block)
        return;
    if (ec) {
        abort(ec);
        return;
    }
    if (count == 0) {
        on_end();
        return;
    }
    home_.metrics().bytes_in.add(count);
    mutable_bytes const bytes{home_.scratch(), count};
    filter_ ? take_filtered(bytes) : take(bytes); // while closing, it is thrown away
}

UNISONO_DECL void connection::on_end() {
    reading_ = false;
    if (is_open() && has_unsent())
        close(); // it says no more, but may still listen
    else if (!is(state::closing))
        abort(asio::error::eof);
}

UNISONO_DECL void connection::take(mutable_bytes bytes) {
    bool const inner = std::exchange(taking_, true);
    if (is_open() && !bytes.empty())
        guarded([&] { handler_->on_data(*this, bytes); });
    while (next_ && is_open()) {
        byte_buffer rest = handler_->take_rest();
        handler_ = std::move(next_);
        watch_drained_ = true;
        guarded([&] { handler_->on_start(*this); });
        if (is_open() && !rest.empty())
            guarded([&] { handler_->on_data(*this, rest); });
    }
    taking_ = inner;
}

} // namespace unisono::inline v0
