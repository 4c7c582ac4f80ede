#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/ip_address.hpp>

#include <algorithm>
#include <arpa/inet.h> // text only: these functions know no sockets

namespace unisono::inline v0 {

namespace detail {

inline constexpr unsigned char mapped_v4[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

} // namespace detail

UNISONO_DECL ip_address::ip_address(v4_bytes const& v4) noexcept {
    auto const rest = std::copy(std::begin(detail::mapped_v4), std::end(detail::mapped_v4), bytes_.begin());
    std::copy(v4.begin(), v4.end(), rest);
}

UNISONO_DECL std::optional<ip_address> ip_address::parse(std::string_view text) {
    char terminated[INET6_ADDRSTRLEN];
    if (text.size() >= sizeof terminated || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    *std::copy(text.begin(), text.end(), terminated) = '\0';
    bytes_type bytes;
    if (::inet_pton(AF_INET6, terminated, bytes.data()) == 1)
        return ip_address{bytes};
    v4_bytes v4;
    if (::inet_pton(AF_INET, terminated, v4.data()) == 1)
        return ip_address{v4};
    return std::nullopt;
}

UNISONO_DECL std::string ip_address::text() const {
    if (*this == ip_address{})
        return {};
    char text[INET6_ADDRSTRLEN];
    bool const v4 = is_v4();
    return ::inet_ntop(v4 ? AF_INET : AF_INET6, bytes_.data() + (v4 ? 12 : 0), text, sizeof text);
}

UNISONO_DECL bool ip_address::is_v4() const noexcept {
    return std::equal(std::begin(detail::mapped_v4), std::end(detail::mapped_v4), bytes_.begin());
}

} // namespace unisono::inline v0
