#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/signal.hpp>
#include <unisono/transport/detail/sse_stream_connection.hpp>
#include <unisono/transport/detail/stopped_token.hpp>
#include <unisono/transport/sse_stream.hpp>

#include <system_error>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL void sse_stream_connection::when_drained(std::function<void()> then) {
    if (!link().is_open()) {
        then();
        return;
    }
    link().home().dispatch([link = link().shared_from_this(), this, then = std::move(then)] {
        if (!link->is_open() || link->queued_bytes() == 0) {
            then();
            return;
        }
        if (!drained_)
            drained_ = std::make_unique<callbacks>();
        drained_->push_back(then);
    });
}

UNISONO_DECL void sse_stream_connection::on_drained(connection& c) {
    sse_connection::on_drained(c);
    tell_drained();
}

UNISONO_DECL void sse_stream_connection::on_closed(connection& c, std::error_code why) {
    sse_connection::on_closed(c, why);
    tell_drained();
}

UNISONO_DECL void sse_stream_connection::tell_drained() {
    if (auto const all = std::move(drained_))
        for (auto const& then : *all)
            then();
}

} // namespace detail

UNISONO_DECL sse_stream sse_stream::open(http_exchange const& exchange, sse_options const& options) {
    return sse_stream{
        detail::start_sse(exchange, std::make_unique<detail::sse_stream_connection>(exchange, options))};
}

UNISONO_DECL result<send_status> sse_stream::write(sse_event const& event) const {
    auto block = encode_sse(event);
    if (!block)
        return block.error();
    return connection_ ? connection_->write(*std::move(block)) : send_status::closed;
}

UNISONO_DECL send_status sse_stream::write_block(payload block) const {
    return connection_ ? connection_->write(std::move(block)) : send_status::closed;
}

UNISONO_DECL void sse_stream::close() const {
    if (connection_)
        connection_->close();
}

UNISONO_DECL bool sse_stream::is_open() const noexcept {
    return connection_ && connection_->link().is_open();
}

UNISONO_DECL std::stop_token sse_stream::stop_token() const noexcept {
    return connection_ ? connection_->stop_token() : detail::stopped_token();
}

UNISONO_DECL shard& sse_stream::home() const noexcept {
    return connection_->link().home();
}

UNISONO_DECL void sse_stream::when_drained(std::function<void()> then) const {
    if (connection_)
        connection_->when_drained(std::move(then));
    else
        then();
}

#if defined(ASIO_HAS_CO_AWAIT)
UNISONO_DECL asio::awaitable<void> sse_stream::send(sse_event event) const {
    auto block = encode_sse(event);
    if (!block)
        throw std::system_error(block.error());
    return send_block(*std::move(block));
}

UNISONO_DECL asio::awaitable<void> sse_stream::send_block(payload block) const {
    auto const self = *this; // the handle it was called on need not outlive the wait
    for (;;) {
        auto const status = self.write_block(block);
        if (status == send_status::closed)
            throw std::system_error(std::make_error_code(std::errc::operation_canceled));
        auto const& link = self.connection_->link();
        if (status == send_status::queued && link.queued_bytes() < link.outbox_limit() / 2)
            co_return;
        detail::signal const drained{self.home().context()};
        self.when_drained(drained.giver());
        co_await drained.wait();
        if (status == send_status::queued)
            co_return;
    }
}
#endif

} // namespace unisono::inline v0
