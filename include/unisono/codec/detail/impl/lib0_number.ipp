#pragma once

#include <unisono/codec/detail/lib0_number.hpp>
#include <unisono/core/config.hpp>

namespace unisono::inline v0::detail {

UNISONO_DECL lib0_number read_lib0_number_slowly(std::byte const* next, std::size_t available) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < available && i < 8; ++i) {
        auto const byte = std::to_integer<std::uint64_t>(next[i]);
        value |= (byte & 0x7f) << (7 * i);
        if (byte < 0x80)
            return {value, i + 1};
    }
    return {0, 0};
}

} // namespace unisono::inline v0::detail
