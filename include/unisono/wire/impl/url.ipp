#pragma once

#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/url.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL result<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (text.size() - i < 3)
            return wire_error::bad_percent_encoding;
        int const high = detail::hex_value(text[i + 1]);
        int const low = detail::hex_value(text[i + 2]);
        if (high < 0 || low < 0)
            return wire_error::bad_percent_encoding;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

UNISONO_DECL result<std::string> decode_path(std::string_view path) {
    auto decoded = percent_decode(path);
    if (!decoded)
        return decoded;
    if (std::any_of(decoded->begin(), decoded->end(), detail::is_control))
        return wire_error::forbidden_character;
    if (!is_valid_utf8(*decoded))
        return wire_error::invalid_utf8;
    return decoded;
}

namespace detail {

inline std::optional<std::string> decode_form_text(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    auto decoded = percent_decode(spaced);
    if (!decoded || !is_valid_utf8(*decoded))
        return std::nullopt;
    return *std::move(decoded);
}

/// Calls `visit(name, value)` for every parameter that decodes, until it returns true.
template <class Visitor>
void visit_query(std::string_view query, Visitor&& visit) {
    while (!query.empty()) {
        std::string_view value = next_part(query, '&');
        if (value.empty())
            continue;
        auto name = decode_form_text(next_part(value, '='));
        auto text = decode_form_text(value);
        if (name && text && visit(*std::move(name), *std::move(text)))
            return;
    }
}

} // namespace detail

UNISONO_DECL std::vector<query_parameter> parse_query(std::string_view query) {
    std::vector<query_parameter> parameters;
    detail::visit_query(query, [&](std::string name, std::string value) {
        parameters.push_back({std::move(name), std::move(value)});
        return false;
    });
    return parameters;
}

UNISONO_DECL std::optional<std::string> find_query_parameter(std::string_view query, std::string_view name) {
    std::optional<std::string> found;
    detail::visit_query(query, [&](std::string const& candidate, std::string value) {
        if (candidate != name)
            return false;
        found = std::move(value);
        return true;
    });
    return found;
}

} // namespace unisono::inline v0
