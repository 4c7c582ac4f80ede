#pragma once

#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>

#include <cstdint>
#include <cstring>

namespace unisono::inline v0 {

UNISONO_DECL bool is_valid_utf8(std::string_view text) noexcept {
    auto const* next = reinterpret_cast<unsigned char const*>(text.data());
    auto const* const end = next + text.size();
    auto continues = [](unsigned char c) { return (c & 0xc0) == 0x80; };
    while (next != end) {
        // Most text is ASCII: eight bytes at a time.
        if (end - next >= 8) {
            std::uint64_t block;
            std::memcpy(&block, next, sizeof block);
            if ((block & 0x8080808080808080ULL) == 0) {
                next += 8;
                continue;
            }
        }
        unsigned char const lead = *next;
        auto const left = end - next;
        if (lead < 0x80) {
            ++next;
        } else if (lead >= 0xc2 && lead <= 0xdf) {
            if (left < 2 || !continues(next[1]))
                return false;
            next += 2;
        } else if (lead >= 0xe0 && lead <= 0xef) {
            if (left < 3 || !continues(next[1]) || !continues(next[2]))
                return false;
            if ((lead == 0xe0 && next[1] < 0xa0) || (lead == 0xed && next[1] > 0x9f))
                return false; // overlong, surrogate
            next += 3;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            if (left < 4 || !continues(next[1]) || !continues(next[2]) || !continues(next[3]))
                return false;
            if ((lead == 0xf0 && next[1] < 0x90) || (lead == 0xf4 && next[1] > 0x8f))
                return false; // overlong, above U+10FFFF
            next += 4;
        } else {
            return false;
        }
    }
    return true;
}

UNISONO_DECL std::size_t utf16_length(std::string_view text) noexcept {
    // One unit per character, a second one for characters of four bytes. No branches, so it vectorizes.
    std::size_t units = 0;
    for (char c : text) {
        auto const byte = static_cast<unsigned char>(c);
        units += static_cast<std::size_t>((byte & 0xc0) != 0x80) + static_cast<std::size_t>(byte >= 0xf0);
    }
    return units;
}

UNISONO_DECL utf16_position find_utf16(std::string_view text, std::size_t units) noexcept {
    std::size_t at = 0;
    while (units > 0) {
        auto const lead = static_cast<unsigned char>(text[at]);
        if (lead >= 0xf0) {
            if (units == 1)
                return {at, true};
            units -= 2;
            at += 4;
        } else {
            units -= 1;
            at += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : 3;
        }
    }
    return {at, false};
}

} // namespace unisono::inline v0
