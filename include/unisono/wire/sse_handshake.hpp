#pragma once

#include <unisono/core/result.hpp>
#include <unisono/wire/http_headers.hpp>
#include <unisono/wire/http_request.hpp>

#include <cstddef>
#include <string>

namespace unisono::inline v0 {

/// The fields of a response that opens an event stream. They keep proxies from storing, changing or buffering
/// it.
http_headers sse_response_headers();

/// The longest event id a client may resume from, in bytes.
inline constexpr std::size_t max_last_event_id = 512;

/// The id of the last event the client saw; empty when it starts afresh. Taken from Last-Event-ID, else from
/// the query parameter `last_event_id`, because a program cannot set the header on its first request.
///
/// It comes from outside and says nothing about what the client may see.
/// Errors: wire_error::event_too_large, forbidden_character (control characters), invalid_utf8, or bad_header
/// for more than one field.
result<std::string> last_event_id(http_request const& request);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/sse_handshake.ipp>
#endif
