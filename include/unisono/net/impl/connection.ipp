#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/connection.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>

#include <cstring>
#include <exception>
#include <span>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// How long a closing connection waits for the peer to take some of what is queued, and then to close its
/// side; without it a reset could overtake the last bytes.
inline constexpr std::chrono::seconds linger_time{5};

/// A row of buffers as Asio wants to see it.
struct gathered {
    std::span<asio::const_buffer const> row;
    using value_type = asio::const_buffer;
    using const_iterator = asio::const_buffer const*;
    const_iterator begin() const noexcept { return row.data(); }
    const_iterator end() const noexcept { return row.data() + row.size(); }
};

} // namespace detail

UNISONO_DECL connection::connection(shard& home, tcp_socket socket,
                                    std::unique_ptr<connection_handler> handler, std::size_t outbox_limit)
    : home_(home), socket_(std::move(socket)), handler_(std::move(handler)), outbox_(outbox_limit) {
    std::error_code ignored;
    socket_->non_blocking(true, ignored);
    socket_->set_option(asio::ip::tcp::no_delay(true), ignored);
    if (auto endpoint = socket_->remote_endpoint(ignored); !ignored)
        peer_ = endpoint.address().to_string();
    home_.remember(*this);
}

UNISONO_DECL connection::~connection() {
    if (socket_) // never started
        home_.forget(*this);
}

template <class Call>
void connection::guarded(Call&& call) {
    try {
        call();
        return;
    } catch (std::exception const& e) {
        home_.log().write(severity::error, "net", std::string{"a connection's handler threw: "} + e.what());
    } catch (...) {
        home_.log().write(severity::error, "net", "a connection's handler threw");
    }
    abort(std::make_error_code(std::errc::operation_canceled));
}

UNISONO_DECL void connection::start() {
    self_ = shared_from_this();
    guarded([&] { handler_->on_start(*this); });
    read();
}

UNISONO_DECL bool connection::send(payload bytes) {
    if (state_ != state::open || finished_ || !outbox_.push(std::move(bytes)))
        return false;
    note_queue();
    if (!std::exchange(flush_posted_, true))
        home_.flush_soon(shared_from_this());
    return true;
}

UNISONO_DECL void connection::send_exempt(payload bytes) {
    if (state_ != state::open || finished_)
        return;
    outbox_.push_exempt(std::move(bytes));
    note_queue();
    if (!std::exchange(flush_posted_, true))
        home_.flush_soon(shared_from_this());
}

UNISONO_DECL send_status connection::post(payload bytes) {
    if (!is_open())
        return send_status::closed;
    if (home_.running_here())
        return send(std::move(bytes)) ? send_status::queued
               : is_open()            ? send_status::full
                                      : send_status::closed;
    std::size_t const size = bytes.size();
    std::size_t const waiting = in_transit_.fetch_add(size, std::memory_order_relaxed) + queued_bytes();
    if (waiting != 0 && waiting + size > outbox_limit()) {
        in_transit_.fetch_sub(size, std::memory_order_relaxed);
        return send_status::full;
    }
    home_.post([self = shared_from_this(), bytes = std::move(bytes)]() mutable {
        self->in_transit_.fetch_sub(bytes.size(), std::memory_order_relaxed);
        self->send_exempt(std::move(bytes)); // its place was counted above
    });
    return send_status::queued;
}

UNISONO_DECL void connection::flush() {
    flush_posted_ = false;
    if (state_ == state::closed || state_ == state::lingering || waiting_writable_)
        return;
    auto const self = shared_from_this();
    bool const had_bytes = !outbox_.empty();
    while (!outbox_.empty()) {
        std::array<asio::const_buffer, 64> pieces;
        auto const count = outbox_.gather(std::span<asio::const_buffer>{pieces});
        std::error_code ec;
        auto const written = socket_->write_some(
            detail::gathered{std::span<asio::const_buffer const>{pieces.data(), count}}, ec);
        if (ec == asio::error::would_block || ec == asio::error::try_again) {
            note_queue();
            wait_writable();
            return;
        }
        if (ec) {
            abort(ec);
            return;
        }
        outbox_.consume(written);
        written_ += written;
    }
    note_queue();
    if (state_ == state::closing)
        linger();
    else if (had_bytes)
        guarded([&] { handler_->on_drained(*this); });
}

UNISONO_DECL void connection::wait_writable() {
    waiting_writable_ = true;
    socket_->async_wait(tcp_socket::wait_write, [self = shared_from_this()](std::error_code ec) {
        self->waiting_writable_ = false;
        if (!ec)
            self->flush();
    });
}

UNISONO_DECL void connection::close() {
    if (state_ != state::open)
        return;
    state_ = state::closing;
    open_.store(false, std::memory_order_relaxed);
    written_before_ = written_;
    home_.timers().set(*this, home_.time().now() + detail::linger_time);
    if (!std::exchange(flush_posted_, true))
        home_.flush_soon(shared_from_this());
}

UNISONO_DECL void connection::linger() {
    state_ = state::lingering;
    home_.timers().set(*this, home_.time().now() + detail::linger_time);
    std::error_code ec;
    socket_->shutdown(asio::socket_base::shutdown_send, ec);
    if (ec)
        abort();
    else
        read();
}

UNISONO_DECL void connection::shut_down() {
    if (state_ == state::open)
        guarded([&] { handler_->on_shutdown(*this); });
}

UNISONO_DECL void connection::abort(std::error_code why) {
    if (state_ == state::closed)
        return;
    state_ = state::closed;
    open_.store(false, std::memory_order_relaxed);
    home_.timers().clear(*this);
    outbox_.clear();
    note_queue();
    std::error_code ignored;
    socket_->close(ignored);
    // Later, so that no handler is told of the end while it is still inside a call.
    home_.post([self = shared_from_this(), why] { self->tell_closed(why); });
}

UNISONO_DECL void connection::tell_closed(std::error_code why) {
    if (!socket_) // told already
        return;
    guarded([&] { handler_->on_closed(*this, why); });
    if (next_) { // its turn never came, but somebody may wait for it
        handler_ = std::move(next_);
        guarded([&] { handler_->on_closed(*this, why); });
    }
    detach();
}

UNISONO_DECL void connection::abandon() {
    auto const self = weak_from_this().lock(); // none when it was never shared
    state_ = state::closed;
    open_.store(false, std::memory_order_relaxed);
    home_.timers().clear(*this);
    tell_closed(std::make_error_code(std::errc::operation_canceled));
}

UNISONO_DECL void connection::detach() {
    home_.forget(*this);
    socket_.reset();
    self_.reset();
}

UNISONO_DECL void connection::hand_over(std::unique_ptr<connection_handler> next) {
    next_ = std::move(next);
    if (!taking_)
        home_.post([self = shared_from_this()] {
            if (self->take({}))
                self->read();
        });
}

UNISONO_DECL void connection::set_deadline(clock::duration from_now) {
    if (state_ == state::open)
        home_.timers().set(*this, home_.time().now() + from_now);
}

UNISONO_DECL void connection::clear_deadline() noexcept {
    if (state_ == state::open)
        home_.timers().clear(*this);
}

UNISONO_DECL void connection::on_deadline() {
    auto const self = shared_from_this();
    if (state_ == state::open)
        guarded([&] { handler_->on_deadline(*this); });
    else if (state_ == state::closing && written_ != std::exchange(written_before_, written_))
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
    if (reading_ || (paused_ && state_ == state::open) || state_ == state::closed)
        return;
    reading_ = true;
    socket_->async_read_some(asio::buffer(inline_),
                             [self = shared_from_this()](std::error_code ec, std::size_t count) {
                                 self->reading_ = false;
                                 self->on_read(ec, count);
                             });
}

UNISONO_DECL void connection::on_read(std::error_code ec, std::size_t count) {
    if (state_ == state::closed)
        return;
    if (ec == asio::error::eof && !outbox_.empty()) {
        close(); // it says no more, but may still listen
        return;
    }
    if (ec) {
        abort(ec);
        return;
    }
    mutable_bytes bytes{inline_.data(), count};
    if (count == inline_.size()) { // there may be more: fetch it with the same turn of the loop
        std::memcpy(home_.scratch(), inline_.data(), count);
        auto const more =
            socket_->read_some(asio::buffer(home_.scratch() + count, shard::scratch_size - count), ec);
        // An end or error met here is met again by the next read.
        bytes = {home_.scratch(), count + (ec ? 0 : more)};
    }
    if (take(bytes))
        read();
}

UNISONO_DECL bool connection::take(mutable_bytes bytes) {
    taking_ = true;
    if (state_ == state::open && !bytes.empty())
        guarded([&] { handler_->on_data(*this, bytes); });
    while (next_ && state_ == state::open) {
        byte_buffer rest = handler_->take_rest();
        handler_ = std::move(next_);
        guarded([&] { handler_->on_start(*this); });
        if (state_ == state::open && !rest.empty())
            guarded([&] { handler_->on_data(*this, rest); });
    }
    taking_ = false;
    return state_ != state::closed; // while closing, what arrives is read and thrown away
}

} // namespace unisono::inline v0
