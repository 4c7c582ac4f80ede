#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// The first UTF-8 sequence of a text: its length, or for bytes that are none, how many one U+FFFD replaces
/// (the longest start of a sequence: Unicode 15, 3.9, table 3-8).
struct utf8_step {
    std::size_t length;
    bool valid;
};

/// Precondition: `text` is not empty.
inline utf8_step next_utf8(std::string_view text) noexcept {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char const lead = byte(0);
    if (lead < 0x80)
        return {1, true};
    if (lead < 0xC2 || lead > 0xF4)
        return {1, false};
    std::size_t const length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    // The second byte also rules out overlong forms, surrogates and what is above U+10FFFF.
    unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (std::size_t i = 1; i < length; ++i) {
        if (i == text.size() || byte(i) < lowest || byte(i) > highest)
            return {i, false};
        lowest = 0x80;
        highest = 0xBF;
    }
    return {length, true};
}

/// Appends `text` as the inside of a JSON string (RFC 8259, 7), with the escapes JSON.stringify writes.
inline void append_json_escaped(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    constexpr std::string_view letters = "\b\f\n\r\t";
    constexpr std::string_view names = "bfnrt";
    constexpr std::string_view replacement = "\xEF\xBF\xBD";

    std::size_t copied = 0; // runs that need no change are appended in one go
    std::size_t i = 0;
    while (i < text.size()) {
        char const c = text[i];
        auto const code = static_cast<unsigned char>(c);
        if (code >= 0x20 && code < 0x80 && c != '"' && c != '\\') {
            ++i;
            continue;
        }
        utf8_step const step = next_utf8(text.substr(i));
        if (code >= 0x80 && step.valid) {
            i += step.length;
            continue;
        }
        out += text.substr(copied, i - copied);
        i += step.length;
        copied = i;
        if (!step.valid)
            out += replacement;
        else if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (std::size_t const at = letters.find(c); at != letters.npos)
            (out += '\\') += names[at];
        else
            ((out += "\\u00") += hex[code >> 4]) += hex[code & 0xF];
    }
    out += text.substr(copied);
}

} // namespace unisono::inline v0::detail
