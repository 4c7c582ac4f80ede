#pragma once

#include <unisono/protocol/native/server.hpp>
#include <unisono/server/room_options.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/wire/http_headers.hpp>
#include <unisono/wire/http_response.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// The native protocol on one path: as a WebSocket, or as a stream down and requests up.
class rooms_service {
public:
    rooms_service(hub& rooms, room_options options);

    /// `where` is the index of the exchange's shard.
    void serve_get(http_exchange const& exchange, std::size_t where);
    void serve_post(http_exchange const& exchange, std::size_t where);

    native_server& protocol() noexcept { return protocol_; }

private:
    std::shared_ptr<http_request const> request_of(http_exchange const& exchange) const;
    void open_stream(http_exchange const& exchange, std::size_t where, std::string commands);
    void deliver(http_exchange const& exchange, std::string_view session);

    std::shared_ptr<websocket_options const> websocket_; ///< of all sessions
    native_server protocol_;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/server/detail/impl/rooms_service.ipp>
#endif
