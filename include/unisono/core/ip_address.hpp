#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// An IP address of either version as 16 bytes: IPv6, or IPv4 mapped into it (::ffff:a.b.c.d, RFC 4291,
/// 2.5.5.2). A client has one address then, however the socket it came through was opened.
class ip_address {
public:
    using bytes_type = std::array<unsigned char, 16>; ///< in network order

    constexpr ip_address() noexcept = default; ///< unspecified: nobody's
    constexpr explicit ip_address(bytes_type const& bytes) noexcept : bytes_(bytes) {}

    using v4_bytes = std::array<unsigned char, 4>; ///< in network order
    explicit ip_address(v4_bytes const& v4) noexcept;

    /// "192.0.2.1" or "2001:db8::1", exactly; no port, no brackets, no zone.
    static std::optional<ip_address> parse(std::string_view text);

    /// As parse() reads it, in the usual form (RFC 5952). Empty when unspecified.
    std::string text() const;

    bool is_v4() const noexcept;
    bytes_type const& bytes() const noexcept { return bytes_; }

    bool operator==(ip_address const&) const noexcept = default;

private:
    bytes_type bytes_{};
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/core/impl/ip_address.ipp>
#endif
