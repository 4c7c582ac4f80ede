#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace unisono::inline v0::detail {

/// `bytes` without the ASCII at their start, or all but a few bytes of it; empty when that is all.
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

} // namespace unisono::inline v0::detail
