#pragma once

#include <unisono/codec/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// Appends `text`, with U+FFFD for every part that is not UTF-8, exactly as the UTF-8 decoder of the WHATWG
/// Encoding Standard does: one replacement for the longest beginning of a character that could have become
/// one.
inline void append_replacing_invalid(std::string& to, std::string_view text) {
    if (is_valid_utf8(text)) {
        to.append(text);
        return;
    }
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::size_t start = 0;  // of the character being read
    unsigned needed = 0;    // continuation bytes still to come
    std::uint8_t lower = 0; // bounds of the next one
    std::uint8_t upper = 0;
    for (std::size_t i = 0; i < text.size();) {
        auto const byte = static_cast<std::uint8_t>(text[i]);
        if (needed == 0) {
            start = i++;
            lower = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
            upper = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
            if (byte < 0x80)
                to += text[start];
            else if (byte >= 0xc2 && byte <= 0xf4)
                needed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
            else
                to.append(replacement);
        } else if (byte < lower || byte > upper) {
            needed = 0; // this byte is looked at again, as the first of a character
            to.append(replacement);
        } else {
            ++i;
            lower = 0x80;
            upper = 0xbf;
            if (--needed == 0)
                to.append(text.substr(start, i - start));
        }
    }
    if (needed != 0)
        to.append(replacement);
}

} // namespace unisono::inline v0::detail
