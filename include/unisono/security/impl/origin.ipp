#pragma once

#include <unisono/core/config.hpp>
#include <unisono/security/origin.hpp>

#include <algorithm>

namespace unisono::inline v0 {

namespace detail {

/// Equal but for the case of ASCII letters, as host names are.
UNISONO_DECL bool same_host(std::string_view a, std::string_view b) noexcept {
    auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace detail

UNISONO_DECL bool origin_allowed(std::string_view origin, std::string_view host,
                                 origin_policy const& policy) {
    if (origin.empty() || policy.any)
        return true;
    if (std::find(policy.allowed.begin(), policy.allowed.end(), origin) != policy.allowed.end())
        return true;
    for (std::string_view scheme : {"http://", "https://"})
        if (origin.starts_with(scheme))
            return !host.empty() && detail::same_host(origin.substr(scheme.size()), host);
    return false;
}

} // namespace unisono::inline v0
