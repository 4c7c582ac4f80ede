#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/spread.hpp>
#include <unisono/transport/detail/websocket_connection.hpp>
#include <unisono/wire/websocket_compression.hpp>
#include <unisono/wire/websocket_frame.hpp>
#include <unisono/wire/websocket_handshake.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL result<websocket_session>
websocket_connection::accept(http_exchange const& exchange, std::unique_ptr<websocket_handler> handler,
                             shared_options options) {
    auto accepted = accept_websocket(exchange.request());
    if (!accepted) {
        exchange.home().metrics().handshakes_refused.add();
        exchange.respond(websocket_refusal(accepted.error()));
        return accepted.error();
    }
    auto const& spoken = options->subprotocols;
    std::string const* chosen = nullptr;
    for (auto const& offer : accepted->subprotocols)
        if (auto const found = std::find(spoken.begin(), spoken.end(), offer);
            !chosen && found != spoken.end())
            chosen = &*found;
    bool const none_fits = !accepted->subprotocols.empty() && !spoken.empty();
    if (!chosen && (none_fits || options->subprotocol_required)) {
        exchange.home().metrics().handshakes_refused.add();
        exchange.respond(text_response("none of the offered subprotocols is spoken here\n", 400));
        return std::make_error_code(std::errc::protocol_not_supported);
    }
    std::optional<websocket_compression::agreement> agreed;
    if (options->compression && !accepted->extensions.empty())
        agreed = options->compression->accept(accepted->extensions);
    auto made = std::make_unique<websocket_connection>(std::move(handler), std::move(options),
                                                       agreed ? agreed->window_bits : std::uint8_t{0});
    auto* const raw = made.get();
    raw->link_ = &exchange.link();
    raw->subprotocol_ = chosen;
    // Shares ownership with the connection, which owns the handler until it goes itself.
    std::shared_ptr<websocket_connection> handle{exchange.link().shared_from_this(), raw};
    raw->session_ = websocket_session{std::move(handle)};
    std::string_view const extension = agreed ? std::string_view{agreed->extension} : std::string_view{};
    if (!exchange.take_over(encode_websocket_response(*accepted, raw->subprotocol(), extension),
                            std::move(made)))
        return std::make_error_code(std::errc::not_connected);
    return raw->session_;
}

UNISONO_DECL void websocket_connection::on_start(connection& c) {
    c.home().metrics().websockets_opened.add();
    auto const now = c.home().time().now();
    received_ = now;
    auto const half = options_->ping_interval / 2;
    next_ping_ = now + half + spread(c.id(), half);
    next_tick_ = now + options_->tick;
    set_next_deadline(c, now);
    guarded(c, [&] { open(); });
}

UNISONO_DECL void websocket_connection::open() {
    if (!std::exchange(opened_, true))
        handler_->on_open(session());
}

template <class Call>
void websocket_connection::guarded(connection& c, Call&& call) {
    try {
        call();
    } catch (std::exception const& e) {
        fail(c, e.what());
    } catch (...) {
        fail(c, "something unknown");
    }
}

UNISONO_DECL void websocket_connection::fail(connection& c, std::string_view what) {
    c.home().metrics().handler_exceptions.add();
    c.home().log().write(severity::error, "transport", "a WebSocket's handler threw",
                         {{"reason", what}, {"connection", c.id()}, {"peer", c.peer()}});
    if (is_open())
        end(c, close_code::internal_error, "internal error");
}

UNISONO_DECL void websocket_connection::on_data(connection& c, mutable_bytes bytes) {
    received_ = c.home().time().now();
    // A decoder is needed only from one read to the next when something is not complete: idle connections
    // have none.
    websocket_decoder fresh{options_->limits, window_bits_ != 0 ? options_->compression.get() : nullptr};
    websocket_decoder& decoder = decoder_ ? *decoder_ : fresh;
    while (auto const event = decoder.next(bytes)) {
        if (!decoder.in_message())
            message_deadline_ = never;
        handle(c, *event);
        if (!c.is_open())
            return;
    }
    if (message_deadline_ == never && decoder.in_message() && !closing_) {
        message_deadline_ = received_ + options_->message_timeout;
        set_next_deadline(c, received_);
    }
    bool const needed = decoder.in_message() || decoder.finished();
    if (!decoder_ && needed)
        decoder_ = std::make_unique<websocket_decoder>(std::move(fresh));
    else if (decoder_ && !needed)
        decoder_.reset();
}

UNISONO_DECL void websocket_connection::handle(connection& c, websocket_event const& event) {
    using type = websocket_event::type;
    switch (event.kind) {
    case type::text:
    case type::binary:
        c.home().metrics().messages_in.add();
        if (!closing_) // what arrives behind our close frame concerns nobody
            guarded(c, [&] { handler_->on_message(session(), event.body, event.kind == type::binary); });
        break;
    case type::ping:
    case type::pong:
        handle_control(c, event);
        break;
    case type::close:
        if (!closing_) {
            close_code_ = event.code;
            close_reason_ = payload{event.text()};
            c.send_exempt(encode_websocket_close(event.code));
        }
        closing_ = true;
        c.close();
        break;
    case type::failure:
        cut_off(c, event.code, make_error_code(event.error).message());
        break;
    }
}

UNISONO_DECL void websocket_connection::handle_control(connection& c, websocket_event const& event) {
    if (!control_frames_.admit(received_, options_->control_rate))
        cut_off(c, close_code::policy_violation, "too many control frames");
    else if (event.kind == websocket_event::type::ping)
        answer_ping(c, event.body);
}

UNISONO_DECL void websocket_connection::answer_ping(connection& c, bytes_view body) {
    auto pong = encode_websocket_frame(websocket_opcode::pong, body);
    // A peer that pings without reading is owed one answer, to its last ping (RFC 6455, 5.5.3).
    if (c.queued_bytes() == 0)
        c.send_exempt(std::move(pong));
    else {
        pong_ = std::move(pong);
        c.watch_drained(true);
    }
}

UNISONO_DECL void websocket_connection::on_drained(connection& c) {
    if (!pong_.empty())
        c.send_exempt(std::exchange(pong_, {}));
    c.watch_drained(watch_drained_);
    if (watch_drained_)
        guarded(c, [&] { handler_->on_drained(session()); });
}

UNISONO_DECL void websocket_connection::on_low_water(connection& c) {
    guarded(c, [&] { handler_->on_low_water(session()); });
}

UNISONO_DECL void websocket_connection::on_deadline(connection& c) {
    auto const now = c.home().time().now();
    if (closing_) {
        if (now >= next_ping_) {
            c.abort(std::make_error_code(std::errc::timed_out));
            return;
        }
    } else {
        // Silence of our own making proves nothing, and a peer that takes what is queued lives: it cannot
        // answer a ping that stands behind a large message.
        auto const written = std::exchange(written_, c.written_bytes());
        if (c.reading_paused() || (c.queued_bytes() != 0 && written != written_))
            received_ = now;
        if (now - received_ >= options_->ping_interval + options_->pong_timeout) {
            c.home().metrics().pings_timed_out.add();
            c.abort(std::make_error_code(std::errc::timed_out));
            return;
        }
        if (message_deadline_ != never && c.reading_paused())
            message_deadline_ = now + options_->message_timeout;
        if (now >= message_deadline_) {
            cut_off(c, close_code::policy_violation, "the message took too long");
            return;
        }
        if (now >= next_ping_) {
            next_ping_ = now + options_->ping_interval;
            // Also while reading is paused: the end of the peer then shows by what cannot be sent.
            if (c.reading_paused() || now - received_ >= options_->ping_interval / 2)
                c.send_exempt(encode_websocket_frame(websocket_opcode::ping, {}));
        }
        if (options_->tick.count() > 0 && now >= next_tick_) {
            next_tick_ = now + options_->tick;
            guarded(c, [&] { handler_->on_tick(session(), now); });
        }
    }
    set_next_deadline(c, now);
}

UNISONO_DECL void websocket_connection::set_next_deadline(connection& c, clock::time_point now) {
    auto next = closing_ ? next_ping_
                         : std::min({next_ping_, message_deadline_,
                                     received_ + options_->ping_interval + options_->pong_timeout});
    if (!closing_ && options_->tick.count() > 0)
        next = std::min(next, next_tick_);
    c.set_deadline(next > now ? next - now : clock::duration{1});
}

UNISONO_DECL void websocket_connection::close(close_code code, std::string_view reason) {
    if (!is_open()) // then its shard may be gone, too
        return;
    if (link_->home().running_here()) {
        end(*link_, code, reason);
        return;
    }
    link_->home().post([link = link_->shared_from_this(), this, code, reason = std::string{reason}] {
        if (is_open())
            end(*link, code, reason);
    });
}

UNISONO_DECL void websocket_connection::end(connection& c, close_code code, std::string_view reason) {
    close_code_ = code;
    close_reason_ = payload{reason};
    c.send_exempt(encode_websocket_close(code, reason));
    c.finish_sending(); // what other threads posted meanwhile must not follow a close frame
    closing_ = true;
    c.resume_reading(); // for the peer's answer
    auto const now = c.home().time().now();
    next_ping_ = now + options_->close_timeout;
    set_next_deadline(c, now);
}

/// Closes without waiting for an answer: the peer does not keep to the rules.
UNISONO_DECL void websocket_connection::cut_off(connection& c, close_code code, std::string_view reason) {
    if (!closing_)
        end(c, code, reason);
    c.close();
}

UNISONO_DECL void websocket_connection::on_shutdown(connection& c) {
    if (closing_)
        return;
    guarded(c, [&] { handler_->on_shutdown(session()); });
    if (!closing_)
        end(c, close_code::going_away, "the server is shutting down");
}

UNISONO_DECL void websocket_connection::on_closed(connection& c, std::error_code) {
    c.home().metrics().websocket_closes.add(close_code_.value());
    guarded(c, [&] { open(); }); // in case it went before its turn came
    // The handle would keep us for ever, also when the handler throws.
    auto const last = std::exchange(session_, websocket_session{nullptr});
    handler_->on_close(close_code_, close_reason_.text());
}

} // namespace unisono::inline v0::detail
