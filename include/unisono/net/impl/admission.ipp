#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/admission.hpp>

#include <system_error>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// Whom connections are counted for: the bytes of an IPv4 address, or of the network an IPv6 address is in.
UNISONO_DECL std::string peer_key(tcp_socket const& socket) {
    std::error_code ec;
    auto const address = socket.remote_endpoint(ec).address();
    if (ec)
        return {};
    auto const text = [](auto const& bytes, std::size_t count) {
        return std::string{reinterpret_cast<char const*>(bytes.data()), count};
    };
    if (address.is_v4())
        return text(address.to_v4().to_bytes(), 4);
    auto const v6 = address.to_v6();
    if (v6.is_v4_mapped())
        return text(asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_bytes(), 4);
    return text(v6.to_bytes(), 8);
}

} // namespace detail

UNISONO_DECL std::unique_ptr<admission::ticket> admission::enter(tcp_socket const& socket) {
    std::string peer = limits_.per_peer != 0 ? detail::peer_key(socket) : std::string{};
    std::lock_guard const lock{mutex_};
    if (limits_.total != 0 && total_ >= limits_.total)
        return nullptr;
    if (limits_.per_peer != 0) {
        auto& here = per_peer_[peer];
        if (here >= limits_.per_peer)
            return nullptr;
        ++here;
    }
    ++total_;
    return std::make_unique<ticket>(shared_from_this(), std::move(peer));
}

UNISONO_DECL void admission::leave(std::string const& peer) noexcept {
    std::lock_guard const lock{mutex_};
    --total_;
    if (auto const place = per_peer_.find(peer); place != per_peer_.end() && --place->second == 0)
        per_peer_.erase(place);
}

} // namespace unisono::inline v0
