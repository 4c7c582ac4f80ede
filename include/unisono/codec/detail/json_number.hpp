#pragma once

#include <charconv>
#include <limits>
#include <string_view>
#include <system_error>

namespace unisono::inline v0::detail {

/// The double nearest to a JSON number; beyond the range of double infinite, or 0. Precondition: the syntax
/// and the length (json_prescan) were checked.
inline double json_number(std::string_view text) noexcept {
    double number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{})
        return number;
    // from_chars does not say in which direction the number is out of range. Within the limit of characters
    // only an exponent gets there, and its sign tells.
    auto const exponent = text.find_first_of("eE");
    bool const tiny = exponent != text.npos && text[exponent + 1] == '-';
    double const magnitude = tiny ? 0 : std::numeric_limits<double>::infinity();
    return text.front() == '-' ? -magnitude : magnitude;
}

} // namespace unisono::inline v0::detail
