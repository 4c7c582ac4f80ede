#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/spread.hpp>
#include <unisono/transport/detail/sse_connection.hpp>
#include <unisono/wire/http_chunk.hpp>
#include <unisono/wire/http_date.hpp>
#include <unisono/wire/http_response.hpp>
#include <unisono/wire/sse_event.hpp>
#include <unisono/wire/sse_handshake.hpp>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL sse_connection::sse_connection(http_exchange const& exchange, sse_options const& options)
    : link_(exchange.link()),
      progress_(exchange.home().time().now()),
      heartbeat_block_(options.heartbeat_block),
      heartbeat_(shortened(options.heartbeat)),
      retry_(shortened(options.retry)),
      write_timeout_(shortened(options.write_timeout)),
      chunked_(exchange.request().minor_version >= 1) {
    if (options.max_age.count() > 0) {
        auto const fifth = options.max_age / 5;
        ends_ = later(progress_, options.max_age - fifth + spread(link_.id(), 2 * fifth));
    }
}

UNISONO_DECL sse_connection::short_time sse_connection::shortened(std::chrono::milliseconds time) noexcept {
    return std::chrono::duration_cast<short_time>(
        std::min<std::chrono::milliseconds>(time, short_time::max()));
}

UNISONO_DECL bool sse_connection::start(http_exchange const& exchange, std::unique_ptr<sse_connection> made) {
    auto const& request = exchange.request();
    auto& stream = *made;
    auto const date = http_date(exchange.home().time().wall_time());
    auto const framing = stream.chunked_ ? http_framing::chunked : http_framing::until_close;
    http_response head{.status = 200, .headers = sse_response_headers()};
    head.headers.add_missing(exchange.added_fields());
    bool const taken = exchange.take_over(
        encode_head(
            head, {.framing = framing, .close = true, .minor_version = request.minor_version, .date = date}),
        std::move(made));
    if (!taken)
        return false;
    if (request.method == "HEAD")
        exchange.link().close();
    // Some proxies and fetch() wait for the first bytes of a body before they let anything through.
    stream.write(payload{std::string_view{":\n\n"}});
    return true;
}

UNISONO_DECL void sse_connection::on_start(connection& c) {
    c.home().metrics().streams_opened.add();
    c.limit_unacknowledged(write_timeout_);
    set_next_deadline(c, c.home().time().now());
}

UNISONO_DECL payload sse_connection::framed(payload block) const {
    return chunked_ ? encode_chunk(block.view()) : block;
}

UNISONO_DECL send_status sse_connection::write(payload block) {
    if (block.empty())
        return link_.is_open() ? send_status::queued : send_status::closed;
    return link_.post(framed(std::move(block)));
}

UNISONO_DECL void sse_connection::on_drained(connection& c) {
    progress_ = c.home().timers().last_tick() + timer_wheel::tick; // never too early; exact enough
}

UNISONO_DECL void sse_connection::on_deadline(connection& c) {
    auto const now = c.home().time().now();
    if (now >= ends_) {
        end(c, retry_);
        return;
    }
    if (c.queued_bytes() == 0) {
        // A little later than strictly needed when events flow, never earlier than the silence asked for.
        if (now - progress_ >= heartbeat_)
            c.send(framed(heartbeat_block_.empty() ? payload{std::string_view{": keep-alive\n\n"}}
                                                   : heartbeat_block_));
    } else if (c.written_bytes() != written_) {
        written_ = c.written_bytes();
        progress_ = now;
    } else if (now - progress_ >= write_timeout_) {
        c.abort(std::make_error_code(std::errc::timed_out));
        return;
    }
    set_next_deadline(c, now);
}

UNISONO_DECL void sse_connection::set_next_deadline(connection& c, clock::time_point now) {
    auto next = progress_ + heartbeat_;
    if (next <= now)
        next = now + heartbeat_;
    c.set_deadline(std::min(next, ends_) - now);
}

UNISONO_DECL void sse_connection::close() {
    if (!link_.is_open()) // then its shard may be gone, too
        return;
    link_.home().dispatch([link = link_.shared_from_this(), this] { end(*link); });
}

UNISONO_DECL void sse_connection::end(connection& c) {
    if (chunked_)
        c.send_exempt(payload{http_last_chunk});
    c.close();
    on_end();
}

/// And tells the client to come back.
UNISONO_DECL void sse_connection::end(connection& c, std::chrono::milliseconds retry) {
    if (auto block = encode_sse({.retry = retry}))
        c.send_exempt(framed(*std::move(block)));
    end(c);
}

UNISONO_DECL void sse_connection::on_shutdown(connection& c) {
    end(c, retry_ + spread(c.id(), std::chrono::seconds{3}));
}

} // namespace unisono::inline v0::detail
