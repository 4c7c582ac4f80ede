#pragma once

#include <unisono/codec/json_value.hpp>
#include <unisono/core/config.hpp>

#include <charconv>
#include <limits>
#include <system_error>

namespace unisono::inline v0::json {

UNISONO_DECL std::optional<bool> value::as_bool() const noexcept {
    if (!is_bool())
        return std::nullopt;
    return raw().front() == 't';
}

UNISONO_DECL std::optional<std::string_view> value::as_string() const noexcept {
    if (!is_string())
        return std::nullopt;
    return tape_->text(node());
}

UNISONO_DECL std::optional<std::int64_t> value::as_int64() const noexcept {
    if (!is_number())
        return std::nullopt;
    std::string_view const text = raw();
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    constexpr std::int64_t largest = (std::int64_t{1} << std::numeric_limits<double>::digits) - 1;
    if (error != std::errc{} || end != text.data() + text.size() || number > largest || number < -largest)
        return std::nullopt;
    return number;
}

UNISONO_DECL std::optional<double> value::as_double() const noexcept {
    if (!is_number())
        return std::nullopt;
    std::string_view const text = raw();
    double number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{})
        return number;
    // from_chars does not say in which direction the number is out of range. Within the parser's limit of
    // characters only an exponent gets there, and its sign tells.
    auto const exponent = text.find_first_of("eE");
    if (exponent != text.npos && text[exponent + 1] == '-')
        return text.front() == '-' ? -0.0 : 0.0;
    return std::nullopt;
}

UNISONO_DECL value value::find(std::string_view key) const noexcept {
    for (auto const& [name, found] : members())
        if (name == key)
            return found;
    return {};
}

UNISONO_DECL value value::operator[](std::size_t index) const noexcept {
    for (value const& element : elements())
        if (index-- == 0)
            return element;
    return {};
}

} // namespace unisono::inline v0::json
