#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/wire/http_headers.hpp>

#include <cstdint>
#include <string_view>

namespace unisono::inline v0 {

/// An answer. Content-Length, Transfer-Encoding, Connection and Date do not stand in `headers`: the
/// serializer knows them.
struct http_response {
    int status = 200;
    http_headers headers = {};
    payload body = {};
};

/// The phrase of a status code; empty for one that is not registered (RFC 9110, 15).
std::string_view reason_phrase(int status) noexcept;

/// A response with a body of `text/plain; charset=utf-8`.
http_response text_response(std::string_view text, int status = 200);
/// A response with a body of `application/json`; `json` is sent as it is.
http_response json_response(std::string_view json, int status = 200);
/// A response that says no more than its status code and phrase: nothing of the request is echoed.
http_response error_response(int status);

/// How the client learns where the body ends.
enum class http_framing : std::uint8_t {
    content_length, ///< the whole body is in the response
    chunked,        ///< chunks follow (http_chunk.hpp); for HTTP/1.1 clients only
    until_close,    ///< the end of the connection: for streams to HTTP/1.0 clients. Implies `close`.
};

struct http_head_options {
    http_framing framing = http_framing::content_length;
    /// The connection ends after this response.
    bool close = false;
    /// The request's, for an HTTP/1.0 client must be told that the connection stays.
    int minor_version = 1;
    /// The value of Date (see http_date()); no field when empty.
    std::string_view date = {};
};

/// The status line and all fields, ready to be written. The body follows if has_body() says so; after a HEAD
/// request the head is the same and the body stays away.
/// Throws std::invalid_argument: a status outside 200-599, control characters in `date`, or a field that the
/// serializer writes itself.
payload encode_head(http_response const& response, http_head_options const& options = {});

/// May a body follow this status, answering this method (RFC 9112, 6.3)?
bool has_body(int status, std::string_view method) noexcept;

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/http_response.ipp>
#endif
