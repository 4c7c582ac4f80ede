#pragma once

#include <unisono/core/config.hpp>
#include <unisono/server/detail/rooms_endpoint.hpp>
#include <unisono/server/detail/rooms_service.hpp>
#include <unisono/server/detail/rooms_stream.hpp>
#include <unisono/wire/http_date.hpp>
#include <unisono/wire/sse_handshake.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL rooms_service::rooms_service(hub& rooms, room_options options)
    : protocol_(rooms, std::move(options.protocol)) {
    options.websocket.tick = std::chrono::seconds{1};
    if (options.websocket.subprotocols.empty())
        options.websocket.subprotocols = {"unisono.v1.json"};
    websocket_ = std::make_shared<websocket_options const>(std::move(options.websocket));
}

UNISONO_DECL void rooms_service::serve_get(http_exchange const& exchange, std::size_t where) {
    if (auto commands = exchange.request().query_parameter("connect"))
        open_stream(exchange, where, *std::move(commands));
    else
        (void)websocket_session::accept(
            exchange, std::make_unique<rooms_endpoint>(protocol_, where, request_of(exchange)),
            websocket_); // a refusal was answered
}

/// A copy for the host's authentication, if there is one: the connection outlives its first request.
UNISONO_DECL std::shared_ptr<http_request const>
rooms_service::request_of(http_exchange const& exchange) const {
    if (!protocol_.options().hooks.authenticate)
        return nullptr;
    return std::make_shared<http_request const>(exchange.request().without_body());
}

UNISONO_DECL void rooms_service::serve_post(http_exchange const& exchange, std::size_t where) {
    if (exchange.request().body.size() > websocket_->limits.max_message_size)
        exchange.respond(error_response(413));
    else if (auto const session = exchange.request().query_parameter("sid"))
        deliver(exchange, *session);
    else
        open_stream(exchange, where, exchange.request().body);
}

UNISONO_DECL void rooms_service::open_stream(http_exchange const& exchange, std::size_t where,
                                             std::string commands) {
    auto const& request = exchange.request();
    if (request.method == "HEAD") {
        exchange.respond(error_response(405));
        return;
    }
    bool const lines = request.headers.get("Accept").find("application/x-ndjson") != std::string_view::npos;
    http_response head{.headers = sse_response_headers()};
    if (lines)
        head.headers.set("Content-Type", "application/x-ndjson");
    head.headers.add_missing(exchange.added_fields());
    auto const date = http_date(exchange.home().time().wall_time());
    auto const form = lines ? wire_form::native_ndjson : wire_form::native_sse;
    exchange.take_over(
        encode_head(
            head,
            {.framing = http_framing::until_close, .minor_version = request.minor_version, .date = date}),
        std::make_unique<rooms_stream>(protocol_, where, form, std::move(commands), request_of(exchange)));
}

UNISONO_DECL void rooms_service::deliver(http_exchange const& exchange, std::string_view session) {
    protocol_.deliver(session, exchange.request().body, [exchange](native_delivery what) {
        http_response answer{.status = 204};
        if (what == native_delivery::unknown)
            answer = error_response(404);
        else if (what == native_delivery::busy) {
            answer = error_response(429);
            answer.headers.add("Retry-After", "1");
        }
        exchange.respond(std::move(answer));
    });
}

} // namespace unisono::inline v0::detail
