#pragma once

#include <unisono/codec/detail/skip_ascii.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>

#include <cstdint>

namespace unisono::inline v0::detail {

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
