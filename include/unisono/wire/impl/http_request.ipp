#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/http_request.hpp>
#include <unisono/wire/url.hpp>

namespace unisono::inline v0 {

UNISONO_DECL std::optional<std::string> http_request::query_parameter(std::string_view name) const {
    return find_query_parameter(query, name);
}

UNISONO_DECL std::optional<std::string_view> http_request::cookie(std::string_view name) const noexcept {
    for (http_field const field : headers) {
        if (!detail::equals_ignoring_case(field.name, "cookie"))
            continue;
        for (std::string_view rest = field.value; !rest.empty();) {
            std::string_view value = detail::trim(detail::next_part(rest, ';'));
            bool const has_value = value.find('=') != std::string_view::npos;
            if (detail::trim(detail::next_part(value, '=')) == name && has_value)
                return detail::trim(value);
        }
    }
    return std::nullopt;
}

UNISONO_DECL http_request http_request::without_body() const {
    return {.method = method,
            .target = target,
            .path = path,
            .query = query,
            .minor_version = minor_version,
            .headers = headers,
            .body = {}};
}

UNISONO_DECL bool http_request::keep_alive() const noexcept {
    if (headers.has_token("connection", "close"))
        return false;
    return minor_version >= 1 || headers.has_token("connection", "keep-alive");
}

} // namespace unisono::inline v0
