#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/detail/extension_list.hpp>
#include <unisono/wire/detail/sha1.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/websocket_handshake.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

namespace unisono::inline v0 {

namespace detail {

/// 16 bytes in base64. Unused bits of the last digit are not looked at: RFC 6455 itself prints such a key.
inline bool is_websocket_key(std::string_view key) noexcept {
    auto const is_digit = [](char c) { return is_alphanumeric(c) || c == '+' || c == '/'; };
    return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, is_digit);
}

inline std::string websocket_accept_key(std::string_view key) {
    constexpr std::string_view salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    return base64_encode(sha1(std::string{key}.append(salt)));
}

} // namespace detail

UNISONO_DECL result<websocket_accept> accept_websocket(http_request const& request) {
    http_headers const& headers = request.headers;
    auto const version = headers.sole("Sec-WebSocket-Version");
    if (request.method != "GET" || request.minor_version < 1 || !headers.has_token("Connection", "Upgrade") ||
        !headers.has_token("Upgrade", "websocket") || !version)
        return wire_error::bad_handshake;
    // Bytes behind the head would be read as frames by us and as a body by a proxy, or the other way round.
    if (!request.body.empty() || headers.contains("Transfer-Encoding"))
        return wire_error::unexpected_body;
    if (version != "13")
        return wire_error::unsupported_version;
    auto const key = headers.sole("Sec-WebSocket-Key");
    if (!key || !detail::is_websocket_key(*key))
        return wire_error::bad_handshake;

    websocket_accept accept;
    for (http_field const field : headers) {
        if (detail::equals_ignoring_case(field.name, "Sec-WebSocket-Extensions"))
            accept.extensions.append(accept.extensions.empty() ? "" : ", ").append(field.value);
        if (!detail::equals_ignoring_case(field.name, "Sec-WebSocket-Protocol"))
            continue;
        for (std::string_view rest = field.value; !rest.empty();) {
            std::string_view const name = detail::trim(detail::next_part(rest, ','));
            if (!detail::is_token(name))
                return wire_error::bad_handshake;
            accept.subprotocols.emplace_back(name);
        }
    }
    auto const ignore = [](auto const&) {};
    if (headers.contains("Sec-WebSocket-Extensions") &&
        !detail::read_extension_list(accept.extensions, ignore, ignore))
        return wire_error::bad_handshake;
    accept.key = detail::websocket_accept_key(*key);
    return accept;
}

UNISONO_DECL payload encode_websocket_response(websocket_accept const& accept, std::string_view subprotocol,
                                               std::string_view extension) {
    auto const& offered = accept.subprotocols;
    if (!subprotocol.empty() && std::find(offered.begin(), offered.end(), subprotocol) == offered.end())
        throw std::invalid_argument("unisono: a subprotocol that the client did not offer");
    std::string_view const parts[] = {"HTTP/1.1 101 Switching Protocols\r\n"
                                      "Upgrade: websocket\r\n"
                                      "Connection: Upgrade\r\n"
                                      "Sec-WebSocket-Accept: ",
                                      accept.key,
                                      subprotocol.empty() ? "" : "\r\nSec-WebSocket-Protocol: ",
                                      subprotocol,
                                      extension.empty() ? "" : "\r\nSec-WebSocket-Extensions: ",
                                      extension,
                                      "\r\n\r\n"};
    std::size_t size = 0;
    for (auto const part : parts)
        size += part.size();
    return payload::build(size, [&](mutable_bytes out) {
        auto at = out.begin();
        for (auto const part : parts)
            at = std::copy_n(as_bytes(part).begin(), part.size(), at);
    });
}

UNISONO_DECL http_response websocket_refusal(std::error_code error) {
    if (error != wire_error::unsupported_version)
        return error_response(400);
    http_response response = error_response(426);
    response.headers.add("Upgrade", "websocket");
    response.headers.add("Sec-WebSocket-Version", "13");
    return response;
}

} // namespace unisono::inline v0
