#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/admission.hpp>

#include <cstddef>

namespace unisono::inline v0 {

namespace detail {

/// Whom connections are counted for, as a number: the IPv4 address, or the network (/64) an IPv6 address is
/// in. No such network is as small a number as an IPv4 address (RFC 4291, 2.4: ::/8 is reserved).
UNISONO_DECL std::uint64_t peer_key(ip_address const& peer) noexcept {
    auto const& bytes = peer.bytes();
    bool const v4 = peer.is_v4();
    std::uint64_t key = 0;
    for (std::size_t i = v4 ? 12 : 0; i < (v4 ? 16 : 8); ++i)
        key = key << 8 | bytes[i];
    return key;
}

} // namespace detail

UNISONO_DECL admission::ticket admission::enter(std::optional<ip_address> const& peer) {
    auto const key = peer && limits_.per_peer != 0 ? detail::peer_key(*peer) : nobody;
    std::lock_guard const lock{mutex_};
    if (limits_.total != 0 && total_ >= limits_.total)
        return {};
    if (!add(key))
        return {};
    ++total_;
    return {shared_from_this(), key};
}

UNISONO_DECL bool admission::ticket::move_to(ip_address const& peer) {
    if (!from_ || from_->limits_.per_peer == 0)
        return true;
    auto const key = detail::peer_key(peer);
    if (key == peer_)
        return true;
    std::lock_guard const lock{from_->mutex_};
    if (!from_->add(key))
        return false;
    from_->remove(peer_);
    peer_ = key;
    return true;
}

UNISONO_DECL void admission::leave(std::uint64_t peer) noexcept {
    std::lock_guard const lock{mutex_};
    --total_;
    remove(peer);
}

UNISONO_DECL bool admission::add(std::uint64_t peer) {
    if (peer == nobody)
        return true;
    auto& here = per_peer_[peer];
    if (here >= limits_.per_peer)
        return false;
    ++here;
    return true;
}

UNISONO_DECL void admission::remove(std::uint64_t peer) noexcept {
    if (auto const place = per_peer_.find(peer); place != per_peer_.end() && --place->second == 0)
        per_peer_.erase(place);
}

} // namespace unisono::inline v0
