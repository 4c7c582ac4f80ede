#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/websocket_mask.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include <stdexcept>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL void refuse_control_size() {
    throw std::length_error("unisono: a control frame holds at most 125 bytes");
}

} // namespace detail

UNISONO_DECL payload encode_websocket_frame(websocket_opcode opcode, bytes_view body) {
    return build_websocket_frame(opcode, body.size(), [&](mutable_bytes out) {
        if (!body.empty())
            std::memcpy(out.data(), body.data(), body.size());
    });
}

UNISONO_DECL payload encode_websocket_close(close_code code, std::string_view reason) {
    if (code == close_code::no_status)
        return encode_websocket_frame(websocket_opcode::close, {});
    if (!code.is_sendable())
        throw std::invalid_argument("unisono: a close code that must not be sent");
    reason = truncate_close_reason(reason);
    return build_websocket_frame(websocket_opcode::close, 2 + reason.size(), [&](mutable_bytes out) {
        out[0] = static_cast<std::byte>(code.value() >> 8);
        out[1] = static_cast<std::byte>(code.value() & 0xFF);
        if (!reason.empty())
            std::memcpy(out.data() + 2, reason.data(), reason.size());
    });
}

UNISONO_DECL void append_masked_frame(byte_buffer& to, websocket_opcode opcode, bytes_view body,
                                      std::uint32_t key, bool last) {
    using detail::frame_header;
    auto const first =
        static_cast<std::uint8_t>((last ? frame_header::last : 0U) | static_cast<unsigned>(opcode));
    frame_header const header{first, body.size(), frame_header::masked};
    to.resize(to.size() + header.size());
    header.write(to.data() + to.size() - header.size());
    append(to, bytes_view{reinterpret_cast<std::byte const*>(&key), sizeof(key)});
    append(to, body);
    detail::apply_mask(mutable_bytes{to}.last(body.size()), key);
}

} // namespace unisono::inline v0
