#pragma once

#include <unisono/security/origin.hpp>

#include <optional>
#include <string_view>

namespace unisono::inline v0 {

/// What a page of another origin may read (Fetch standard, "CORS protocol").
struct cors_grant {
    std::string_view origin; ///< for Access-Control-Allow-Origin
    bool credentials;        ///< cookies may be sent along: Access-Control-Allow-Credentials
};

/// The grant for a request with this Origin field; nothing when there is none to give. An origin that the
/// policy names is granted by name and with cookies; where any may come, none brings cookies. Views of
/// `origin`.
std::optional<cors_grant> grant_cors(std::string_view origin, origin_policy const& policy);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/security/impl/cors.ipp>
#endif
