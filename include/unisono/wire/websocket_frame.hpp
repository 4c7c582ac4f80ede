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

/// What begins a frame: the opcode, the length and what stands beside them (RFC 6455, 5.2). A masking key
/// would follow.
class frame_header {
public:
    static constexpr std::uint8_t last = 0x80;       ///< FIN, in the first byte
    static constexpr std::uint8_t compressed = 0x40; ///< RSV1, in the first byte (RFC 7692, 6)
    static constexpr std::uint8_t masked = 0x80;     ///< in the second byte

    constexpr frame_header(std::uint8_t first, std::uint64_t body_size, std::uint8_t mask = 0) noexcept
        : body_size_(body_size), first_(first), mask_(mask) {}

    constexpr std::size_t size() const noexcept {
        return body_size_ <= 125 ? 2 : body_size_ <= 0xFFFF ? 4 : 10;
    }

    /// Writes it and returns the place behind it.
    std::byte* write(std::byte* out) const noexcept {
        *out++ = std::byte{first_};
        if (body_size_ <= 125)
            return put(out, mask_ | body_size_, 1);
        if (body_size_ <= 0xFFFF)
            return put(put(out, mask_ | 126U, 1), body_size_, 2);
        return put(put(out, mask_ | 127U, 1), body_size_, 8);
    }

private:
    static std::byte* put(std::byte* out, std::uint64_t value, int width) noexcept { // big-endian
        for (int shift = 8 * width; shift != 0; shift -= 8)
            *out++ = static_cast<std::byte>(value >> (shift - 8));
        return out;
    }

    std::uint64_t body_size_;
    std::uint8_t first_;
    std::uint8_t mask_;
};

[[noreturn]] void refuse_control_size();

/// The header of an unmasked frame that is a whole message. Throws std::length_error for a control frame over
/// max_control_size.
inline frame_header unmasked_header(websocket_opcode opcode, std::size_t body_size) {
    if (opcode >= websocket_opcode::close && body_size > max_control_size)
        refuse_control_size();
    return {static_cast<std::uint8_t>(frame_header::last | static_cast<unsigned>(opcode)), body_size};
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
    return payload::build(header.size() + body_size, [&](mutable_bytes out) {
        header.write(out.data());
        std::forward<Fill>(fill)(out.last(body_size));
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
