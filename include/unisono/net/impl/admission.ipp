#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/admission.hpp>

#include <system_error>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// Whom connections are counted for, as a number: the IPv4 address, or the network (/64) an IPv6 address is
/// in. No such network is as small a number as an IPv4 address (RFC 4291, 2.4: ::/8 is reserved).
UNISONO_DECL std::uint64_t peer_key(tcp_socket const& socket) {
    std::error_code ec;
    auto const address = socket.remote_endpoint(ec).address();
    if (ec)
        return 0;
    if (address.is_v4())
        return address.to_v4().to_uint();
    auto const v6 = address.to_v6();
    if (v6.is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_uint();
    std::uint64_t network = 0;
    for (std::size_t i = 0; i < 8; ++i)
        network = network << 8 | v6.to_bytes()[i];
    return network;
}

} // namespace detail

UNISONO_DECL admission::ticket admission::enter(tcp_socket const& socket) {
    std::uint64_t const peer = limits_.per_peer != 0 ? detail::peer_key(socket) : 0;
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
