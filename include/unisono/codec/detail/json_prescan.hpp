#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/core/result.hpp>

#include <cstddef>
#include <string_view>

namespace unisono::inline v0::detail {

/// Refuses what is too deep or holds numbers too long before the parser sees it; everything else, also most
/// invalid text, passes.
///
/// Needed because RapidJSON 1.1.0 overflows an int on long exponents (CVE-2024-38517) and because limits are
/// cheapest to keep before any work is done.
inline result<void> json_prescan(std::string_view text, std::size_t max_depth) noexcept {
    constexpr std::size_t longest_number = 40;
    constexpr std::size_t longest_exponent = 4;
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };

    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size();) {
        char const c = text[i];
        if (c == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i)
                if (text[i] == '\\')
                    ++i;
            ++i;
        } else if (c == '-' || is_digit(c)) {
            std::size_t const begin = i;
            std::size_t exponent_digits = 0;
            bool in_exponent = false;
            for (; i < text.size(); ++i) {
                if (text[i] == 'e' || text[i] == 'E')
                    in_exponent = true;
                else if (is_digit(text[i]))
                    exponent_digits += in_exponent;
                else if (text[i] != '+' && text[i] != '-' && text[i] != '.')
                    break;
            }
            if (i - begin > longest_number || exponent_digits > longest_exponent)
                return codec_error::too_large;
        } else {
            if (c == '[' || c == '{') {
                if (++depth > max_depth)
                    return codec_error::too_deep;
            } else if ((c == ']' || c == '}') && depth > 0) {
                --depth;
            }
            ++i;
        }
    }
    return {};
}

} // namespace unisono::inline v0::detail
