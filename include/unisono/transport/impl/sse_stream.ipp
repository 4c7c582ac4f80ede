#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/random.hpp>
#include <unisono/transport/detail/signal.hpp>
#include <unisono/transport/detail/sse_connection.hpp>
#include <unisono/transport/sse_stream.hpp>
#include <unisono/wire/http_chunk.hpp>
#include <unisono/wire/http_date.hpp>
#include <unisono/wire/sse_handshake.hpp>

#include <system_error>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL std::shared_ptr<sse_connection> sse_connection::start(http_exchange const& exchange,
                                                                   sse_options const& options) {
    auto const& request = exchange.request();
    bool const chunked = request.minor_version >= 1;
    auto made = std::make_unique<sse_connection>(options, chunked);
    auto* const raw = made.get();
    raw->link_ = &exchange.link();
    // Shares ownership with the connection, which owns the handler until it goes itself.
    std::shared_ptr<sse_connection> handle{exchange.link().shared_from_this(), raw};
    auto const date = http_date(exchange.home().time().wall_time());
    auto const framing = chunked ? http_framing::chunked : http_framing::until_close;
    http_response head{.status = 200, .headers = sse_response_headers()};
    for (auto const& [name, value] : exchange.added_fields())
        if (!head.headers.contains(name))
            head.headers.add(name, value);
    bool const taken = exchange.take_over(
        encode_head(
            head, {.framing = framing, .close = true, .minor_version = request.minor_version, .date = date}),
        std::move(made));
    if (!taken)
        return nullptr;
    if (request.method == "HEAD")
        exchange.link().close();
    // Some proxies and fetch() wait for the first bytes of a body before they let anything through.
    raw->write(payload{std::string_view{":\n\n"}});
    return handle;
}

UNISONO_DECL void sse_connection::on_start(connection& c) {
    c.home().metrics().streams_opened.add();
    opened_ = progress_ = c.home().time().now();
    c.limit_unacknowledged(options_.write_timeout);
    if (options_.max_age.count() > 0) {
        auto const fifth = static_cast<std::uint64_t>(options_.max_age.count()) / 5;
        auto const spread = static_cast<std::int64_t>(system_random().below(2 * fifth + 1));
        ends_ =
            opened_ + options_.max_age - std::chrono::milliseconds{static_cast<std::int64_t>(fifth) - spread};
    }
    set_next_deadline(c, opened_);
}

UNISONO_DECL payload sse_connection::framed(payload block) const {
    return chunked_ ? encode_chunk(block.view()) : block;
}

UNISONO_DECL send_status sse_connection::write(payload block) {
    if (block.empty())
        return link_->is_open() ? send_status::queued : send_status::closed;
    return link_->post(framed(std::move(block)));
}

UNISONO_DECL void sse_connection::on_drained(connection& c) {
    progress_ = c.home().timers().last_tick() + timer_wheel::tick; // never too early; exact enough
    for (auto const& then : std::exchange(on_drained_, {}))
        then();
}

UNISONO_DECL void sse_connection::on_deadline(connection& c) {
    auto const now = c.home().time().now();
    if (ends_ != clock::time_point{} && now >= ends_) {
        end(c, options_.retry);
        return;
    }
    if (c.queued_bytes() == 0) {
        // A little later than strictly needed when events flow, never earlier than the silence asked for.
        if (now - progress_ >= options_.heartbeat)
            c.send(framed(options_.heartbeat_block.empty() ? payload{std::string_view{": keep-alive\n\n"}}
                                                           : options_.heartbeat_block));
    } else if (c.written_bytes() != written_) {
        written_ = c.written_bytes();
        progress_ = now;
    } else if (now - progress_ >= options_.write_timeout) {
        c.abort(std::make_error_code(std::errc::timed_out));
        return;
    }
    set_next_deadline(c, now);
}

UNISONO_DECL void sse_connection::set_next_deadline(connection& c, clock::time_point now) {
    auto next = progress_ + options_.heartbeat;
    if (next <= now)
        next = now + options_.heartbeat;
    if (ends_ != clock::time_point{} && ends_ < next)
        next = ends_;
    c.set_deadline(next - now);
}

UNISONO_DECL void sse_connection::end(connection& c, std::chrono::milliseconds retry) {
    if (auto block = encode_sse({.retry = retry}))
        c.send_exempt(framed(*std::move(block)));
    if (chunked_)
        c.send_exempt(payload{http_last_chunk});
    c.close();
    stopping_.request_stop();
}

UNISONO_DECL void sse_connection::close() {
    if (!link_->is_open()) // then its shard may be gone, too
        return;
    link_->home().dispatch([link = link_->shared_from_this(), this] {
        if (chunked_)
            link->send_exempt(payload{http_last_chunk});
        link->close();
        stopping_.request_stop();
    });
}

UNISONO_DECL void sse_connection::when_drained(std::function<void()> then) {
    if (!link_->is_open()) {
        then();
        return;
    }
    link_->home().dispatch([link = link_->shared_from_this(), this, then = std::move(then)] {
        if (link->is_open() && link->queued_bytes() != 0)
            on_drained_.push_back(then);
        else
            then();
    });
}

UNISONO_DECL void sse_connection::on_shutdown(connection& c) {
    end(c, options_.retry + std::chrono::milliseconds{system_random().below(3'000)});
}

UNISONO_DECL void sse_connection::on_closed(connection&, std::error_code) {
    stopping_.request_stop();
    for (auto const& then : std::exchange(on_drained_, {}))
        then();
    if (on_end_)
        std::exchange(on_end_, {})();
}

} // namespace detail

UNISONO_DECL sse_stream sse_stream::open(http_exchange const& exchange, sse_options const& options) {
    return sse_stream{detail::sse_connection::start(exchange, options)};
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
    if (connection_)
        return connection_->stopping().get_token();
    std::stop_source gone;
    gone.request_stop();
    return gone.get_token();
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
