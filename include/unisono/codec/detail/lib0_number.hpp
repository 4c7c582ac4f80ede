#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace unisono::inline v0::detail {

/// A number in groups of seven bits, as lib0 writes it, and how many bytes it takes.
struct lib0_number {
    std::uint64_t value;
    std::size_t size; ///< 0: more than there are, or than the eight that the largest number takes
};

/// Reads a number from so many bytes one by one.
lib0_number read_lib0_number_slowly(std::byte const* next, std::size_t available) noexcept;

/// Reads the number at `next`, of which `available` bytes are there: all groups at once, because most numbers
/// are ids of five bytes, and going through their bytes is what decoding an update would spend its time on.
inline lib0_number read_lib0_number(std::byte const* next, std::size_t available) noexcept {
    if (std::endian::native != std::endian::little || available < 8)
        return read_lib0_number_slowly(next, available);
    std::uint64_t word;
    std::memcpy(&word, next, sizeof word);
    std::uint64_t const ends = ~word & 0x8080'8080'8080'8080;
    if (ends == 0)
        return {0, 0};
    word &= ends ^ (ends - 1); // up to the first byte that says it is the last
    // Closes the gaps: between eight groups of 7 bits, then four of 14, then two of 28.
    word = (word & 0x007f'007f'007f'007f) | (word & 0x7f00'7f00'7f00'7f00) >> 1;
    word = (word & 0x0000'3fff'0000'3fff) | (word & 0x3fff'0000'3fff'0000) >> 2;
    word = (word & 0x0000'0000'0fff'ffff) | (word & 0x0fff'ffff'0000'0000) >> 4;
    return {word, static_cast<std::size_t>(std::countr_zero(ends)) / 8 + 1};
}

/// Writes a number of at most 56 bits to where eight bytes are free, and returns how many it took.
inline std::size_t write_lib0_number(std::byte* next, std::uint64_t value) noexcept {
    if (std::endian::native != std::endian::little) {
        std::size_t size = 0;
        for (; value >= 0x80; value >>= 7)
            next[size++] = static_cast<std::byte>(value | 0x80);
        next[size++] = static_cast<std::byte>(value);
        return size;
    }
    if (value < 0x1000'0000) { // four groups: lengths, clocks, most numbers
        std::size_t const size = 1U + (value >= 0x80) + (value >= 0x4000) + (value >= 0x20'0000);
        auto const small = static_cast<std::uint32_t>(value);
        std::uint32_t const groups = (small & 0x7f) | (small & 0x3f80) << 1 | (small & 0x1f'c000) << 2 |
                                     (small & 0xfe0'0000) << 3 | 0x80'8080U >> 8 * (4 - size); // more follows
        std::memcpy(next, &groups, sizeof groups);
        return size;
    }
    auto const size = static_cast<std::size_t>(std::bit_width(value) + 6) / 7;
    // Opens gaps, as reading closes them.
    std::uint64_t word = (value & 0x0000'0000'0fff'ffff) | (value & 0x00ff'ffff'f000'0000) << 4;
    word = (word & 0x0000'3fff'0000'3fff) | (word & 0x0fff'c000'0fff'c000) << 2;
    word = (word & 0x007f'007f'007f'007f) | (word & 0x3f80'3f80'3f80'3f80) << 1;
    word |= 0x8080'8080'8080'8080 & ((std::uint64_t{1} << 8 * (size - 1)) - 1); // more follows
    std::memcpy(next, &word, sizeof word);
    return size;
}

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/detail/impl/lib0_number.ipp>
#endif
