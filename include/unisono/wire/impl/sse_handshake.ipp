#pragma once

#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/sse_handshake.hpp>

#include <algorithm>

namespace unisono::inline v0 {

UNISONO_DECL http_headers sse_response_headers() {
    return {
        {"Content-Type", "text/event-stream"},
        {"Cache-Control", "no-store, no-transform"},
        {"X-Accel-Buffering", "no"},
        {"X-Content-Type-Options", "nosniff"},
    };
}

UNISONO_DECL result<std::string> last_event_id(http_request const& request) {
    if (request.headers.count("last-event-id") > 1)
        return wire_error::bad_header;
    std::string id(request.headers.get("last-event-id"));
    if (id.empty())
        id = request.query_parameter("last_event_id").value_or("");
    if (id.size() > max_last_event_id)
        return wire_error::event_too_large;
    if (std::any_of(id.begin(), id.end(), detail::is_control))
        return wire_error::forbidden_character;
    if (!is_valid_utf8(id))
        return wire_error::invalid_utf8;
    return id;
}

} // namespace unisono::inline v0
