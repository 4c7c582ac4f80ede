#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/admission.hpp>

#include <algorithm>
#include <cstddef>

namespace unisono::inline v0 {

namespace detail {

/// Whom connections are counted for, as a number: the IPv4 address, or the network (/64) an IPv6 address is
/// in. No such network is as small a number as an IPv4 address (RFC 4291, 2.4: ::/8 is reserved).
inline std::uint64_t peer_key(ip_address_bytes const& address) noexcept {
    constexpr ip_address_bytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    bool const is_v4 = std::equal(mapped.begin(), mapped.begin() + 12, address.begin());
    std::uint64_t number = 0;
    for (std::size_t i = is_v4 ? 12 : 0; i < (is_v4 ? 16 : 8); ++i)
        number = number << 8 | address[i];
    return number;
}

} // namespace detail

UNISONO_DECL admission::ticket admission::enter(ip_address_bytes const& address) {
    std::uint64_t const peer = limits_.per_peer != 0 ? detail::peer_key(address) : 0;
    std::lock_guard const lock{mutex_};
    if (limits_.total != 0 && total_ >= limits_.total)
        return {};
    if (limits_.per_peer != 0) {
        auto& here = per_peer_[peer];
        if (here >= limits_.per_peer)
            return {};
        ++here;
    }
    ++total_;
    return {shared_from_this(), peer};
}

UNISONO_DECL void admission::leave(std::uint64_t peer) noexcept {
    std::lock_guard const lock{mutex_};
    --total_;
    if (auto const place = per_peer_.find(peer); place != per_peer_.end() && --place->second == 0)
        per_peer_.erase(place);
}

} // namespace unisono::inline v0
