#pragma once

#include <unisono/core/config.hpp>
#include <unisono/security/cors.hpp>

#include <algorithm>

namespace unisono::inline v0 {

UNISONO_DECL std::optional<cors_grant> grant_cors(std::string_view origin, origin_policy const& policy) {
    if (origin.empty())
        return std::nullopt;
    if (std::find(policy.allowed.begin(), policy.allowed.end(), origin) != policy.allowed.end())
        return cors_grant{origin, true};
    if (policy.any)
        return cors_grant{"*", false};
    return std::nullopt;
}

} // namespace unisono::inline v0
