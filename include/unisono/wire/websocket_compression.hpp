#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/wire/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// A WebSocket extension that compresses messages one by one and marks them with RSV1 (RFC 7692, 6).
///
/// No message refers to an earlier one, so that a broadcast is compressed once for all its receivers and a
/// connection needs no state. Made by permessage_deflate(). Thread safety: all members, from any thread.
class websocket_compression {
public:
    /// What was agreed with one peer.
    struct agreement {
        std::string extension;    ///< for Sec-WebSocket-Extensions of the answer
        std::uint8_t window_bits; ///< the peer looks back 2^window_bits bytes: 8 to 15
    };

    virtual ~websocket_compression() = default;

    /// Answers a client's Sec-WebSocket-Extensions: nothing when no offer in it suits.
    virtual std::optional<agreement> accept(std::string_view offers) const = 0;

    /// Appends `message`, compressed, to `to`. False, and `to` as it was, when that is not worth while.
    virtual bool compress(bytes_view message, byte_buffer& to) const = 0;

    /// Appends the message that `body` is the compressed form of to `to`, at most `limit` bytes; memory is
    /// taken as they come out. Errors, after which `to` holds anything: message_too_big, bad_compression.
    virtual std::optional<wire_error> decompress(bytes_view body, std::size_t limit,
                                                 byte_buffer& to) const = 0;
};

/// The frame with its body compressed, or `frame` itself when that is not worth while.
///
/// Precondition: `frame` is one of encode_websocket_frame() with text or binary.
payload compress_websocket_frame(payload const& frame, websocket_compression const& by);

/// May a compressed frame go to a peer that looks back 2^window_bits bytes? What was compressed with the
/// largest window is within a smaller one when the whole message is.
constexpr bool fits_window(payload const& plain_frame, std::uint8_t window_bits) noexcept {
    return window_bits == 15 || plain_frame.size() <= std::size_t{1} << window_bits;
}

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/websocket_compression.ipp>
#endif
