#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/wire/http_request.hpp>
#include <unisono/wire/http_response.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace unisono::inline v0 {

/// What a valid opening handshake leads to.
struct websocket_accept {
    std::string key;                       ///< the value of Sec-WebSocket-Accept
    std::vector<std::string> subprotocols; ///< offered by the client, the one it prefers first
    std::string extensions;                ///< offered by the client: a list (RFC 6455, 9.1)
};

/// Checks a client's opening handshake (RFC 6455, 4.2.1). Who may connect, by Origin or otherwise, is another
/// question.
///
/// Errors: unsupported_version for a WebSocket version other than 13, unexpected_body, else bad_handshake;
/// websocket_refusal() is the answer.
result<websocket_accept> accept_websocket(http_request const& request);

/// The whole 101 response; frames may follow at once. `subprotocol` is empty or one of those offered, else
/// std::invalid_argument is thrown. `extension` is what one of the offers was answered with, for
/// Sec-WebSocket-Extensions; offers that are not answered are declined.
payload encode_websocket_response(websocket_accept const& accept, std::string_view subprotocol = {},
                                  std::string_view extension = {});

/// The answer to a handshake that accept_websocket() refused: 426 with the version spoken here, or 400.
http_response websocket_refusal(std::error_code error);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/websocket_handshake.ipp>
#endif
