#pragma once

#include <unisono/net/admission.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/net/descriptor_reserve.hpp>
#include <unisono/net/stream_filter.hpp>
#include <unisono/net/tcp_socket.hpp>
#include <unisono/security/trusted_proxies.hpp>
#include <unisono/transport/http_connection.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace unisono::inline v0::detail {

/// Said to whom there is no room for.
inline constexpr char no_room[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                  "Retry-After: 5\r\n"
                                  "Content-Length: 0\r\n"
                                  "Connection: close\r\n\r\n";

/// What becomes of the sockets that one shard accepts: a place among the connections, TLS, HTTP. On that
/// shard.
class reception {
public:
    reception(std::shared_ptr<http_handler const> handler, http_options const& http,
              std::shared_ptr<stream_filter_source> tls, std::shared_ptr<admission> places,
              std::shared_ptr<descriptor_reserve const> reserve, std::size_t handshakes,
              trusted_proxies const& proxies)
        : handler_(std::move(handler)),
          http_(http),
          tls_(std::move(tls)),
          places_(std::move(places)),
          reserve_(std::move(reserve)),
          handshakes_(handshakes),
          proxies_(proxies) {}

    void receive(shard& home, tcp_socket socket) {
        auto const& peer = socket.peer();
        auto place = places_->enter(proxies_.contains(peer) ? std::nullopt : std::optional{peer});
        if (!place) {
            reserve_->turn_away(std::move(socket));
            return;
        }
        auto filter = tls_ ? tls_->make() : nullptr;
        if (tls_ && !filter) // no memory; never in the clear instead
            return;
        auto const made = http_connection::serve(home, std::move(socket), handler_, http_, std::move(filter));
        made->hold(std::move(place));
        if (tls_)
            watch(made);
    }

private:
    void watch(std::shared_ptr<connection> const& newcomer) {
        if (handshakes_ == 0)
            return;
        if (under_way_.size() >= handshakes_)
            std::erase_if(under_way_, [](auto const& c) {
                auto const open = c.lock();
                return !open || !open->is_open() || !open->is_handshaking();
            });
        if (under_way_.size() >= handshakes_) {
            if (auto const oldest = under_way_.front().lock())
                oldest->abort();
            under_way_.pop_front();
        }
        under_way_.push_back(newcomer);
    }

    std::shared_ptr<http_handler const> handler_;
    http_options http_;
    std::shared_ptr<stream_filter_source> tls_;
    std::shared_ptr<admission> places_;
    std::shared_ptr<descriptor_reserve const> reserve_;
    std::size_t handshakes_;
    trusted_proxies const& proxies_; ///< the server's options, which outlive its shards' tasks
    std::deque<std::weak_ptr<connection>> under_way_; ///< may have finished meanwhile
};

} // namespace unisono::inline v0::detail
