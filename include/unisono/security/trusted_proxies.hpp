#pragma once

#include <unisono/core/ip_address.hpp>

#include <initializer_list>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// The proxies in front of a server: those, and nobody else, are believed when they say whom a request comes
/// from. Anyone can write such a field, so without this list it means nothing (CWE-348).
///
/// Proxies are named by address, not counted: a client that finds a way past one of them gains nothing.
class trusted_proxies {
public:
    trusted_proxies() = default; ///< none

    /// Addresses and networks: "127.0.0.1", "10.0.0.0/8", "fd00::/8". Throws std::invalid_argument.
    trusted_proxies(std::initializer_list<std::string_view> networks);

    /// Throws std::invalid_argument.
    void add(std::string_view network);

    bool empty() const noexcept { return networks_.empty(); }
    bool contains(ip_address const& address) const noexcept;

    /// Who sent a request that came from `peer` with this X-Forwarded-For (several fields joined by commas,
    /// RFC 9110, 5.3): the last address in it that no trusted proxy has. Each proxy adds at the end whom it
    /// heard, so what stands before that address is only what that client claims. Where an entry is no
    /// address, the one who wrote it is the answer. Entries may have a port.
    ip_address client(ip_address const& peer, std::string_view forwarded_for) const;

private:
    struct network {
        ip_address first;
        unsigned bits; ///< that all its addresses have in common
    };
    std::vector<network> networks_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/security/impl/trusted_proxies.ipp>
#endif
