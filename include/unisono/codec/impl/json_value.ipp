#pragma once

#include <unisono/codec/detail/json_number.hpp>
#include <unisono/codec/json_value.hpp>
#include <unisono/core/config.hpp>

#include <charconv>
#include <cmath>
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
    double const number = detail::json_number(raw());
    return std::isfinite(number) ? std::optional{number} : std::nullopt;
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
