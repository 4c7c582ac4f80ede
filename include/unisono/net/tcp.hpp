#pragma once

#include <unisono/core/ip_address.hpp>

#include <asio/basic_socket_acceptor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>
#include <asio/ip/tcp.hpp>

#include <system_error>

namespace unisono::inline v0 {

// The concrete executor, not any_io_executor: type erasure costs about a tenth of a small delivery.
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using tcp_acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

/// The address of who is at the other end; unspecified when it is gone already.
inline ip_address peer_of(tcp_socket const& socket) {
    std::error_code ec;
    auto const address = socket.remote_endpoint(ec).address();
    if (ec)
        return {};
    return ip_address{
        (address.is_v6() ? address.to_v6() : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()))
            .to_bytes()};
}

} // namespace unisono::inline v0
