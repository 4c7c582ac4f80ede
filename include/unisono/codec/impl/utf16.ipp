#pragma once

#include <unisono/codec/detail/skip_ascii.hpp>
#include <unisono/codec/utf16.hpp>
#include <unisono/core/config.hpp>

#include <cstddef>

namespace unisono::inline v0 {

UNISONO_DECL bool is_ascii(std::string_view text) noexcept {
    return detail::skip_ascii(as_bytes(text)).empty();
}

UNISONO_DECL void append_utf16(std::string_view utf8, std::u16string& out) {
    for (std::size_t at = 0; at < utf8.size();) {
        auto const byte = [&](std::size_t i) {
            return static_cast<unsigned>(static_cast<unsigned char>(utf8[at + i]));
        };
        auto const more = [&](std::size_t i) { return byte(i) & 0x3f; };
        unsigned const lead = byte(0);
        if (lead < 0x80) {
            out.push_back(static_cast<char16_t>(lead));
            at += 1;
        } else if (lead < 0xe0) {
            out.push_back(static_cast<char16_t>((lead & 0x1f) << 6 | more(1)));
            at += 2;
        } else if (lead < 0xf0) {
            out.push_back(static_cast<char16_t>((lead & 0x0f) << 12 | more(1) << 6 | more(2)));
            at += 3;
        } else {
            unsigned const above = ((lead & 0x07) << 18 | more(1) << 12 | more(2) << 6 | more(3)) - 0x10000;
            out.push_back(static_cast<char16_t>(0xd800 + (above >> 10)));
            out.push_back(static_cast<char16_t>(0xdc00 + (above & 0x3ff)));
            at += 4;
        }
    }
}

UNISONO_DECL void append_utf8(std::u16string_view utf16, byte_buffer& out) {
    auto const put = [&](unsigned byte) { out.push_back(static_cast<std::byte>(byte)); };
    for (std::size_t i = 0; i < utf16.size(); ++i) {
        unsigned c = utf16[i];
        if (is_high_surrogate(utf16[i]) && i + 1 < utf16.size() && is_low_surrogate(utf16[i + 1])) {
            c = 0x10000 + ((c & 0x3ff) << 10) + (utf16[++i] & 0x3ffU);
            put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)),
                put(0x80 | (c & 0x3f));
            continue;
        }
        if ((c & 0xf800) == 0xd800)
            c = 0xfffd;
        if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
        } else {
            put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
        }
    }
}

} // namespace unisono::inline v0
