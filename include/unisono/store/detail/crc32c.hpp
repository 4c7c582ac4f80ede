#pragma once

#include <unisono/core/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace unisono::inline v0::detail {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4). `previous` is the result for the bytes before these.
inline std::uint32_t crc32c(bytes_view bytes, std::uint32_t previous = 0) noexcept {
    static constexpr auto table = [] {
        std::array<std::uint32_t, 256> rows{};
        for (std::uint32_t i = 0; i < rows.size(); ++i) {
            std::uint32_t row = i;
            for (int bit = 0; bit < 8; ++bit)
                row = (row >> 1) ^ ((row & 1) != 0 ? 0x82F63B78U : 0);
            rows[i] = row;
        }
        return rows;
    }();

    std::uint32_t crc = ~previous;
    for (std::byte const b : bytes)
        crc = (crc >> 8) ^ table[(crc ^ static_cast<std::uint32_t>(b)) & 0xFF];
    return ~crc;
}

} // namespace unisono::inline v0::detail
