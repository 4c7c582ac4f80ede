#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// Which web pages may open connections here. Browsers send a page's origin with every WebSocket handshake
/// and every POST; neither is held back by CORS, so without this check any page could act with its visitor's
/// cookies (cross-site WebSocket hijacking, CWE-1385).
struct origin_policy {
    /// Origins allowed besides our own, exactly as browsers send them: `https://app.example.com`, with a port
    /// unless it is the scheme's own.
    std::vector<std::string> allowed = {};
    /// Allows every origin: for services that hold nothing a visitor is trusted with.
    bool any = false;
};

/// May a request with this Origin field, sent to this Host, proceed? No Origin means it does not come from a
/// page. The same host and port count as our own origin. Comparison is exact; `null` never matches.
bool origin_allowed(std::string_view origin, std::string_view host, origin_policy const& policy);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/security/impl/origin.ipp>
#endif
