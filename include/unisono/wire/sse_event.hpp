#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace unisono::inline v0 {

/// One block of an event stream (WHATWG HTML, 9.2.6). Every part is optional; views of what the caller owns.
///
///     {.event = "token", .data = text}     the client sees one event of type "token"
///     {.id = "42"}                         no event, but the client will resume from 42
///     {.comment = "still here"}            keeps the connection warm
struct sse_event {
    std::optional<std::string_view> event = {};
    std::optional<std::string_view> id = {}; ///< empty: the client forgets the id it has
    /// Several lines travel as several lines. CR and CRLF arrive as LF: where that matters, send JSON.
    std::optional<std::string_view> data = {};
    std::optional<std::chrono::milliseconds> retry = {}; ///< before reconnecting; negative counts as 0
    std::optional<std::string_view> comment = {};        ///< not shown to the client's program
};

/// The block as it goes over the wire: encode once, send to every stream. Nothing inside an event can end it
/// or start another. An event with no part at all gives an empty payload.
///
/// Errors: wire_error::forbidden_character for CR, LF or NUL in `event` or `id`, for they would forge fields;
/// wire_error::invalid_utf8.
result<payload> encode_sse(sse_event const& event);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/sse_event.ipp>
#endif
