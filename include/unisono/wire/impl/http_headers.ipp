#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/http_headers.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace unisono::inline v0 {

UNISONO_DECL http_headers::http_headers(std::initializer_list<http_field> fields) {
    for (http_field const& field : fields)
        add(field.name, field.value);
}

/// Calls `visit(value)` for each field of that name until it returns true; did it? Most names differ in size.
template <class Visitor>
bool http_headers::any_of(std::string_view name, Visitor&& visit) const {
    for (entry const& e : entries_)
        if (e.name_size == name.size())
            if (auto const f = field(e); detail::equals_ignoring_case(f.name, name) && visit(f.value))
                return true;
    return false;
}

UNISONO_DECL std::string_view http_headers::get(std::string_view name) const noexcept {
    std::string_view found;
    any_of(name, [&](std::string_view value) {
        found = value;
        return true;
    });
    return found;
}

UNISONO_DECL std::size_t http_headers::count(std::string_view name) const noexcept {
    std::size_t found = 0;
    any_of(name, [&](std::string_view) {
        ++found;
        return false;
    });
    return found;
}

UNISONO_DECL std::optional<std::string_view> http_headers::sole(std::string_view name) const noexcept {
    std::optional<std::string_view> found;
    bool const several = any_of(name, [&](std::string_view value) {
        if (found)
            return true;
        found = value;
        return false;
    });
    return several ? std::nullopt : found;
}

UNISONO_DECL bool http_headers::contains(std::string_view name) const noexcept {
    return any_of(name, [](std::string_view) { return true; });
}

UNISONO_DECL std::string http_headers::combined(std::string_view name) const {
    std::string all;
    any_of(name, [&](std::string_view value) {
        all.append(all.empty() ? "" : ", ").append(value);
        return false;
    });
    return all;
}

UNISONO_DECL bool http_headers::has_token(std::string_view name, std::string_view token) const noexcept {
    return any_of(name, [&](std::string_view list) {
        while (!list.empty())
            if (detail::equals_ignoring_case(detail::trim(detail::next_part(list, ',')), token))
                return true;
        return false;
    });
}

UNISONO_DECL bool http_headers::try_add(std::string_view name, std::string_view value) {
    if (!detail::is_token(name) || !detail::is_field_value(value))
        return false;
    if (entries_.empty())
        entries_.reserve(8); // few requests have more; growing costs more than reading them
    entries_.push_back({text_.size(), name.size(), value.size()});
    if (auto const size = text_.size() + name.size() + value.size(); size > text_.capacity()) {
        std::string larger; // made beside: the arguments may be views of the old one
        larger.reserve(std::max<std::size_t>(256, 2 * size));
        larger.append(text_).append(name).append(value);
        text_ = std::move(larger);
    } else {
        text_.append(name).append(value);
    }
    return true;
}

UNISONO_DECL void http_headers::add(std::string_view name, std::string_view value) {
    if (!try_add(name, value))
        throw std::invalid_argument("malformed name or value of a header field");
}

UNISONO_DECL void http_headers::set(std::string_view name, std::string_view value) {
    if (!contains(name))
        return add(name, value);
    http_headers changed; // made beside: the arguments may be views of a field that is about to go
    for (http_field const field : *this)
        if (!detail::equals_ignoring_case(field.name, name))
            changed.add(field.name, field.value);
    changed.add(name, value);
    *this = std::move(changed);
}

UNISONO_DECL void http_headers::add_missing(http_headers const& others) {
    auto const own = static_cast<std::ptrdiff_t>(size());
    for (http_field const field : others)
        if (std::none_of(begin(), std::next(begin(), own), [&](http_field const mine) {
                return detail::equals_ignoring_case(mine.name, field.name);
            }))
            add(field.name, field.value);
}

UNISONO_DECL void http_headers::remove(std::string_view name) {
    if (!contains(name))
        return;
    http_headers rest;
    for (http_field const field : *this)
        if (!detail::equals_ignoring_case(field.name, name))
            rest.add(field.name, field.value);
    *this = std::move(rest);
}

} // namespace unisono::inline v0
