#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// Appends a finite number as JavaScript prints it (ECMA-262, 6.1.6.1.20, Number::toString): the shortest
/// digits that read back as the same number, with an exponent from 1e21 and below 1e-6.
inline void append_javascript_number(std::string& out, double number) {
    if (number == 0) {
        out += '0'; // -0, too
        return;
    }
    // d.ddde+xx, from which only the digits and the exponent are taken.
    char text[32];
    char const* const end =
        std::to_chars(text, text + sizeof text, number, std::chars_format::scientific).ptr;
    std::string_view digits{text, static_cast<std::size_t>(end - text)};
    if (digits[0] == '-') {
        out += '-';
        digits.remove_prefix(1);
    }
    std::size_t const mark = digits.find('e');
    int exponent = 0;
    std::from_chars(digits.data() + mark + (digits[mark + 1] == '+' ? 2 : 1), end, exponent);
    std::string_view const first = digits.substr(0, 1);
    std::string_view const more = mark > 2 ? digits.substr(2, mark - 2) : std::string_view{};

    auto const zeros = [&](int count) { out.append(static_cast<std::size_t>(count), '0'); };
    auto const behind = static_cast<int>(more.size());
    if (exponent >= 21 || exponent < -6) {
        out += first;
        if (!more.empty())
            (out += '.') += more;
        (out += 'e') += exponent < 0 ? '-' : '+';
        out += std::to_string(std::abs(exponent));
    } else if (exponent < 0) {
        out += "0.";
        zeros(-exponent - 1);
        (out += first) += more;
    } else if (exponent >= behind) {
        (out += first) += more;
        zeros(exponent - behind);
    } else {
        auto const whole = static_cast<std::size_t>(exponent);
        (out += first) += more.substr(0, whole);
        (out += '.') += more.substr(whole);
    }
}

} // namespace unisono::inline v0::detail
