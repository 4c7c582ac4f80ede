#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// Protocol text is ASCII and must not depend on the locale, as <cctype> does.
namespace unisono::inline v0::detail {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_alphanumeric(char c) noexcept {
    char const lower = to_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'z');
}

/// A C0 control character or DEL.
constexpr bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// The value of a hexadecimal digit; -1 for anything else.
constexpr int hex_value(char c) noexcept {
    if (is_digit(c))
        return c - '0';
    char const lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    constexpr int case_bit = 'a' ^ 'A';
    if (a.size() != b.size() || a.empty() || ((a.front() ^ b.front()) & ~case_bit) != 0)
        return a.empty() && b.empty(); // which is how most comparisons end
    if (a == b)
        return true;
    return std::equal(a.begin(), a.end(), b.begin(),
                      [](char x, char y) { return x == y || to_lower(x) == to_lower(y); });
}

/// `text` without spaces and tabs at both ends (OWS of RFC 9110, 5.6.3).
constexpr std::string_view trim(std::string_view text) noexcept {
    auto const is_space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

/// Cuts `rest` at the first `separator` and returns what stood before it; all of it when there is none.
constexpr std::string_view next_part(std::string_view& rest, char separator) noexcept {
    auto const end = std::min(rest.find(separator), rest.size());
    std::string_view const part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// A table, for every name of every field is checked with it.
inline constexpr auto token_chars = [] {
    std::array<bool, 256> is_tchar{};
    for (char t = 1; t != 127; ++t)
        is_tchar[static_cast<std::size_t>(t)] = is_alphanumeric(t);
    for (char t : std::string_view("!#$%&'*+-.^_`|~"))
        is_tchar[static_cast<std::size_t>(t)] = true;
    return is_tchar;
}();

/// tchar of RFC 9110, 5.6.2.
constexpr bool is_token_char(char c) noexcept {
    return token_chars[static_cast<unsigned char>(c)];
}

/// token of RFC 9110, 5.6.2.
constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

/// Does any of eight bytes look like a control character? All that are do; some others may.
inline bool may_hold_control(char const* eight) noexcept {
    std::uint64_t bytes;
    std::memcpy(&bytes, eight, sizeof(bytes));
    constexpr std::uint64_t each = 0x0101010101010101U;
    std::uint64_t const below_space = (bytes - each * 0x20) & ~bytes;
    std::uint64_t const is_del = ((bytes ^ each * 0x7f) - each) & ~(bytes ^ each * 0x7f);
    return ((below_space | is_del) & each * 0x80) != 0;
}

/// Characters a field value may hold (RFC 9110, 5.5): visible ones, space, tab, and bytes above ASCII.
inline bool is_field_value(std::string_view text) noexcept {
    auto const is_allowed = [](char c) { return !is_control(c) || c == '\t'; };
    for (; text.size() >= 8; text.remove_prefix(8))
        if (may_hold_control(text.data()) && !std::all_of(text.begin(), text.begin() + 8, is_allowed))
            return false;
    return std::all_of(text.begin(), text.end(), is_allowed);
}

} // namespace unisono::inline v0::detail
