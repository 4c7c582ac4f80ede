#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/history.hpp>
#include <unisono/transport/detail/sse_room_feed.hpp>
#include <unisono/transport/detail/sse_rooms_feed.hpp>
#include <unisono/transport/sse_feed.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/sse_handshake.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// May a room's name be the type of an event?
UNISONO_DECL bool names_an_event(std::string_view room) noexcept {
    constexpr std::array<std::string_view, 5> taken{"open", "error", "message", "reset", "ping"};
    return !room.empty() && room.size() <= 255 && std::none_of(room.begin(), room.end(), is_control) &&
           std::find(taken.begin(), taken.end(), room) == taken.end();
}

/// The status that answers a request for these rooms; 200: they are served.
UNISONO_DECL int door_status(http_exchange const& exchange, std::vector<std::string> const& rooms,
                             sse_feed_options const& options) {
    for (auto const& room : rooms)
        if (int const status = options.admit ? options.admit(exchange, room) : 200; status != 200)
            return status;
    return 200;
}

UNISONO_DECL void refuse_feed(http_exchange const& exchange, int status) {
    exchange.respond(status == 204 ? http_response{.status = 204} : error_response(status));
}

} // namespace detail

UNISONO_DECL void serve_sse_feed(http_exchange const& exchange, hub& rooms, std::size_t where,
                                 std::string_view room, sse_feed_options const& options) {
    auto const id = last_event_id(exchange.request());
    if (int const status = id ? detail::door_status(exchange, {std::string{room}}, options) : 400;
        status != 200) {
        detail::refuse_feed(exchange, status);
        return;
    }
    subscribe_options past{.last = options.last, .recover_limit = history::unlimited};
    if (!id->empty()) // an id that makes no sense is one we cannot resume from
        past.recover = detail::parse_feed_id(*id).value_or(position{"?", 0});
    using feed = detail::sse_room_feed;
    feed::serve(exchange, rooms, where, room, {std::move(past)}, feed::content::text, options.stream);
}

UNISONO_DECL void serve_sse_feed(http_exchange const& exchange, hub& rooms, std::size_t where,
                                 std::vector<std::string> names, sse_feed_options const& options) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    auto const id = last_event_id(exchange.request());
    bool const sound = id && !names.empty() && names.size() <= options.max_rooms &&
                       std::all_of(names.begin(), names.end(), detail::names_an_event);
    if (int const status = sound ? detail::door_status(exchange, names, options) : 400; status != 200) {
        detail::refuse_feed(exchange, status);
        return;
    }
    auto const cookie = position_cookie::parse(*id).value_or(position_cookie{});
    std::vector<detail::sse_rooms_feed::wish> wishes;
    for (auto& name : names) {
        subscribe_options past{.last = options.last, .recover_limit = history::unlimited};
        if (!id->empty()) // who comes back and does not say where it was cannot be told what it missed
            past.recover = cookie.find(name).value_or(position{"?", 0});
        wishes.push_back({std::move(name), std::move(past)});
    }
    detail::sse_rooms_feed::serve(exchange, rooms, where, std::move(wishes), options.stream);
}

} // namespace unisono::inline v0
