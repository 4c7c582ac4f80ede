#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/wire/close_code.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace unisono::inline v0 {

/// What a frame carries (RFC 6455, 5.2).
enum class websocket_opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

/// The longest body of a close, ping or pong frame, in bytes (RFC 6455, 5.5).
inline constexpr std::size_t max_control_size = 125;

namespace detail {

struct frame_header {
    std::byte bytes[10];
    std::uint8_t size = 0;

    void put(std::uint64_t value, int width) noexcept { // big-endian
        for (int shift = 8 * width; shift != 0; shift -= 8)
            bytes[size++] = static_cast<std::byte>(value >> (shift - 8));
    }
};

/// The opcode, the length and what stands beside them (RFC 6455, 5.2); a masking key would follow.
inline frame_header make_header(websocket_opcode opcode, std::uint64_t body_size, bool last,
                                bool masked) noexcept {
    frame_header header;
    unsigned const mask = masked ? 0x80 : 0;
    header.put((last ? 0x80U : 0U) | static_cast<unsigned>(opcode), 1);
    if (body_size <= 125) {
        header.put(mask | body_size, 1);
    } else if (body_size <= 0xFFFF) {
        header.put(mask | 126, 1);
        header.put(body_size, 2);
    } else {
        header.put(mask | 127, 1);
        header.put(body_size, 8);
    }
    return header;
}

[[noreturn]] void refuse_control_size();

/// The header of an unmasked frame that is a whole message. Throws std::length_error for a control frame over
/// max_control_size.
inline frame_header unmasked_header(websocket_opcode opcode, std::size_t body_size) {
    if (opcode >= websocket_opcode::close && body_size > max_control_size)
        refuse_control_size();
    return make_header(opcode, body_size, true, false);
}

} // namespace detail

/// A server's frame, header and body in one allocation, whose body of `body_size` bytes is written in place
/// by `fill(mutable_bytes)`. Server frames are unmasked: one serves any number of connections.
///
/// The body of a text frame must be UTF-8; this is not checked. Throws std::length_error for a control frame
/// over max_control_size.
template <class Fill>
payload build_websocket_frame(websocket_opcode opcode, std::size_t body_size, Fill&& fill) {
    auto const header = detail::unmasked_header(opcode, body_size);
    return payload::build(header.size + body_size, [&](mutable_bytes out) {
        std::memcpy(out.data(), header.bytes, header.size);
        std::forward<Fill>(fill)(out.subspan(header.size));
    });
}

/// A server's frame with a copy of `body`.
payload encode_websocket_frame(websocket_opcode opcode, bytes_view body);

inline payload encode_websocket_text(std::string_view text) {
    return encode_websocket_frame(websocket_opcode::text, as_bytes(text));
}

/// A server's close frame. `close_code::no_status` makes an empty one, which is also the answer to an empty
/// one; `reason` goes through truncate_close_reason(). Throws std::invalid_argument for another code that is
/// not sendable.
payload encode_websocket_close(close_code code, std::string_view reason = {});

/// A client's frame, which is masked (RFC 6455, 5.3): appends it to `to`.
///
/// `key` must be unpredictable for whoever chooses the body; its four bytes are used as they lie in memory.
/// `last` is the FIN bit. Nothing is checked, so that tests can also write what must be refused.
void append_masked_frame(byte_buffer& to, websocket_opcode opcode, bytes_view body, std::uint32_t key,
                         bool last = true);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/websocket_frame.ipp>
#endif
