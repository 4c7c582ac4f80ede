#pragma once

#include <unisono/wire/detail/ascii.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace unisono::inline v0::detail {

/// Visible ASCII without `#`: what clients really put into a target. Browsers leave some characters raw that
/// RFC 3986 would have encoded (`|`, `{`), so the grammar of RFC 3986 itself would refuse honest requests.
constexpr bool is_request_target(std::string_view target) noexcept {
    return std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

/// A host with an optional port, as Host carries it (RFC 9110, 7.2). Narrower than RFC 3986: of a registered
/// name only what DNS and container names use, and never an empty one, for Origin is compared with it.
constexpr bool is_host(std::string_view text) noexcept {
    auto const is_name_char = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; };
    auto const is_ip_char = [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; };

    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        auto const end = text.find(']');
        if (end == std::string_view::npos)
            return false;
        host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (!std::all_of(host.begin(), host.end(), is_ip_char))
            return false;
    } else {
        auto const colon = std::min(text.find(':'), text.size());
        host = text.substr(0, colon);
        port = text.substr(colon);
        if (!std::all_of(host.begin(), host.end(), is_name_char))
            return false;
    }
    if (host.empty())
        return false;
    if (port.empty())
        return true;
    return port.front() == ':' && port.size() >= 2 && port.size() <= 6 &&
           std::all_of(port.begin() + 1, port.end(), is_digit);
}

/// The value of Content-Length: digits only. A number above 64 bits counts as the largest, which no limit
/// lets pass.
constexpr std::optional<std::uint64_t> parse_content_length(std::string_view text) noexcept {
    constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit))
        return std::nullopt;
    std::uint64_t length = 0;
    for (char c : text) {
        auto const digit = static_cast<std::uint64_t>(c - '0');
        length = length > (largest - digit) / 10 ? largest : length * 10 + digit;
    }
    return length;
}

/// Does a Transfer-Encoding end in its only `chunked`, and consist of tokens? Only then is the end of the
/// body certain, though codings before it may be unknown (RFC 9112, 6.3).
constexpr bool ends_in_chunked(std::string_view codings) noexcept {
    if (codings.ends_with(','))
        return false;
    bool chunked = false;
    while (!codings.empty()) {
        std::string_view const coding = trim(next_part(codings, ','));
        if (chunked || !is_token(coding))
            return false;
        chunked = equals_ignoring_case(coding, "chunked");
    }
    return chunked;
}

} // namespace unisono::inline v0::detail
