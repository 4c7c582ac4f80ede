#pragma once

#include <unisono/core/ip_address.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace unisono::inline v0 {

/// How many connections are taken at once. 0: as many as come.
struct connection_limits {
    std::size_t total = 0;
    /// From one address; of IPv6 from one /64, which is what one customer gets. Behind a proxy every client
    /// has the proxy's address: name it in server_options::proxies, or leave this at 0.
    std::size_t per_peer = 0;
    /// TLS handshakes under way on one event loop. When one more comes, the oldest is dropped: an honest
    /// client needs milliseconds, one that stalls is the first to go.
    std::size_t handshakes = 256;
};

/// Counts connections and says who may come in. Thread safety: all members from any thread.
class admission : public std::enable_shared_from_this<admission> {
public:
    /// A place taken, or none; leaving gives it back. A connection has one: it is kept small.
    class ticket {
    public:
        ticket() noexcept = default;
        ticket(std::shared_ptr<admission> from, std::uint64_t peer) noexcept
            : from_(std::move(from)), peer_(peer) {}
        ticket(ticket&&) noexcept = default;
        ticket& operator=(ticket&& other) noexcept {
            std::swap(from_, other.from_);
            std::swap(peer_, other.peer_);
            return *this;
        }
        ~ticket() {
            if (from_)
                from_->leave(peer_);
        }

        explicit operator bool() const noexcept { return from_ != nullptr; }

        /// From now on the place counts for `peer`. False when there is none left for it; then nothing
        /// changes. An empty ticket counts for nobody, and may.
        bool move_to(ip_address const& peer);

    private:
        std::shared_ptr<admission> from_;
        std::uint64_t peer_ = nobody;
    };

    explicit admission(connection_limits const& limits) noexcept : limits_(limits) {}

    /// A place for `peer`; an empty ticket when there is none left. No peer: a proxy that speaks for many,
    /// and takes a place of the total alone.
    ticket enter(std::optional<ip_address> const& peer);

private:
    /// Instead of a peer's key: counted in total alone. As a network it is multicast, so it sends nothing.
    static constexpr std::uint64_t nobody = ~std::uint64_t{0};

    bool add(std::uint64_t peer);
    void remove(std::uint64_t peer) noexcept;
    void leave(std::uint64_t peer) noexcept;

    connection_limits const limits_;
    std::mutex mutex_;
    std::size_t total_ = 0;
    std::unordered_map<std::uint64_t, std::size_t> per_peer_; ///< only those who are here
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/net/impl/admission.ipp>
#endif
