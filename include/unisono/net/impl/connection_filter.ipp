#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/connection.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

// The way of the bytes through a connection's stream_filter. A connection without one never comes here.

namespace unisono::inline v0 {

namespace detail {

inline constexpr std::size_t tls_record = 16 * 1024;    ///< the most that one record holds
inline constexpr std::size_t write_ahead = 64 * 1024;   ///< made ready for one write
inline constexpr std::size_t most_pending = 256 * 1024; ///< a peer that makes more, and reads none, attacks

} // namespace detail

UNISONO_DECL void connection::take_filtered(mutable_bytes received) {
    if (!is_open())
        return;
    taking_ = true; // `received` is in use until all of it is read
    bool const understood = read_filtered(received);
    taking_ = false;
    if (is(state::closed))
        return;
    if (filter_->pending().size() > detail::most_pending) {
        abort(std::make_error_code(std::errc::no_buffer_space));
        return;
    }
    if (!filter_->pending().empty())
        request_flush();
    if (!understood)
        close(); // the peer is told why, if the filter has something to say
    else if (filter_->peer_finished())
        on_end();
}

UNISONO_DECL bool connection::read_filtered(mutable_bytes received) {
    std::array<std::byte, detail::tls_record> plain;
    filter_->feed(received);
    while (is_open()) {
        auto const count = filter_->read(plain);
        if (!count)
            return false;
        if (handshaking_ && filter_->ready()) {
            handshaking_ = false;
            home_.timers().clear(*this);
            guarded([&] { handler_->on_start(*this); });
        }
        take({plain.data(), *count});
        if (*count == 0)
            break;
    }
    return true;
}

UNISONO_DECL bool connection::write_filtered() {
    for (;;) {
        if (filter_->pending().empty() && !fill_filter())
            return false;
        auto const bytes = filter_->pending();
        if (bytes.empty())
            return true;
        std::error_code ec;
        auto const written = socket_.write_some(bytes, ec);
        if (ec)
            return write_stopped(ec);
        filter_->consume(written);
        count_written(written);
    }
}

UNISONO_DECL bool connection::fill_filter() {
    if (handshaking_) // nothing may be said yet
        return true;
    std::array<std::byte, detail::tls_record> plain;
    while (!outbox_.empty() && filter_->pending().size() < detail::write_ahead) {
        // Small messages share a record: each one costs 22 bytes and a seal.
        std::array<bytes_view, 64> pieces;
        auto const count = outbox_.gather(std::span<bytes_view>{pieces});
        std::size_t size = 0;
        for (bytes_view const piece : std::span{pieces}.first(count)) {
            auto const part = piece.first(std::min(piece.size(), plain.size() - size));
            std::copy(part.begin(), part.end(), plain.begin() + static_cast<std::ptrdiff_t>(size));
            size += part.size();
        }
        if (auto const written = filter_->write({plain.data(), size}); !written) {
            abort(written.error());
            return false;
        }
        outbox_.consume(size);
    }
    if (outbox_.empty() && is(state::closing))
        filter_->finish();
    return true;
}

} // namespace unisono::inline v0
