#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/http_headers.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace unisono::inline v0 {

UNISONO_DECL http_headers::http_headers(std::initializer_list<http_field> fields) {
    fields_.reserve(fields.size());
    for (http_field const& field : fields)
        add(field.name, field.value);
}

UNISONO_DECL std::string_view http_headers::get(std::string_view name) const noexcept {
    for (http_field const& field : fields_)
        if (detail::equals_ignoring_case(field.name, name))
            return field.value;
    return {};
}

UNISONO_DECL std::size_t http_headers::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(
        std::count_if(fields_.begin(), fields_.end(), [&](http_field const& field) {
            return detail::equals_ignoring_case(field.name, name);
        }));
}

UNISONO_DECL std::string http_headers::combined(std::string_view name) const {
    std::string all;
    for (auto const& field : fields_)
        if (detail::equals_ignoring_case(field.name, name))
            all.append(all.empty() ? "" : ", ").append(field.value);
    return all;
}

UNISONO_DECL bool http_headers::has_token(std::string_view name, std::string_view token) const noexcept {
    for (http_field const& field : fields_) {
        if (!detail::equals_ignoring_case(field.name, name))
            continue;
        for (std::string_view rest = field.value; !rest.empty();)
            if (detail::equals_ignoring_case(detail::trim(detail::next_part(rest, ',')), token))
                return true;
    }
    return false;
}

UNISONO_DECL bool http_headers::try_add(std::string_view name, std::string_view value) {
    if (!detail::is_token(name) || !detail::is_field_value(value))
        return false;
    if (fields_.empty())
        fields_.reserve(8); // few have more; moving fields costs more than reading them
    http_field& field = fields_.emplace_back();
    field.name = name;
    field.value = value;
    return true;
}

UNISONO_DECL void http_headers::add(std::string_view name, std::string_view value) {
    if (!try_add(name, value))
        throw std::invalid_argument("malformed name or value of a header field");
}

UNISONO_DECL void http_headers::set(std::string_view name, std::string_view value) {
    // Added first: the arguments may be views of a field that is about to go, and a refused one changes
    // nothing.
    add(name, value);
    http_field last = std::move(fields_.back());
    fields_.pop_back();
    remove(last.name);
    fields_.push_back(std::move(last));
}

UNISONO_DECL void http_headers::add_missing(http_headers const& others) {
    http_headers missing;
    std::copy_if(others.begin(), others.end(), std::back_inserter(missing.fields_),
                 [&](http_field const& field) { return !contains(field.name); });
    std::move(missing.fields_.begin(), missing.fields_.end(), std::back_inserter(fields_));
}

UNISONO_DECL void http_headers::remove(std::string_view name) {
    std::erase_if(fields_, [name = std::string(name)](http_field const& field) {
        return detail::equals_ignoring_case(field.name, name);
    });
}

} // namespace unisono::inline v0
