#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace unisono::inline v0::detail {

/// `bytes` without the ASCII at their start, or all but a few bytes of it.
UNISONO_HOT inline bytes_view skip_ascii(bytes_view bytes) noexcept {
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
    std::byte const* at = bytes.data();
    std::size_t left = bytes.size();
    for (std::uint64_t words[2]; left >= sizeof(words); left -= sizeof(words), at += sizeof(words)) {
        std::memcpy(words, at, sizeof(words));
        if ((words[0] | words[1]) & high_bits)
            return {at, left};
    }
    for (; left > 0 && (*at & std::byte{0x80}) == std::byte{0}; --left)
        ++at;
    return {at, left};
}

/// Validates UTF-8 that arrives in pieces: one byte of state, fails at the first byte that cannot be right.
class utf8_stream {
public:
    /// Takes the next bytes; false when the text is invalid, whatever follows.
    UNISONO_HOT bool consume(bytes_view bytes) noexcept {
        if (complete() && (bytes = skip_ascii(bytes)).empty())
            return true;
        return consume_any(bytes);
    }

    /// No code point is unfinished, and nothing was invalid.
    bool complete() const noexcept { return state_ == accept; }

private:
    static constexpr std::uint8_t accept = 0;

    bool consume_any(bytes_view bytes) noexcept;
    bool step(bytes_view bytes) noexcept;

    std::uint8_t state_ = accept;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/utf8_stream.ipp>
#endif
