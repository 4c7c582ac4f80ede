#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/detail/listening_socket.hpp>
#include <unisono/net/detail/system_error.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace unisono::inline v0::detail {

UNISONO_DECL result<listening_socket> listening_socket::open(std::string const& address, std::uint16_t port,
                                                             bool shared) {
    std::error_code ec;
    asio::ip::tcp::endpoint const where{asio::ip::make_address(address, ec), port};
    if (ec)
        return ec;
    listening_socket made;
    made.fd_ = ::socket(where.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    auto const set = [&](int level, int option, int value) {
        return ::setsockopt(made.fd_, level, option, &value, sizeof(value)) == 0;
    };
    bool const listens = made.is_open() && set(SOL_SOCKET, SO_REUSEADDR, 1) &&
                         set(SOL_SOCKET, SO_REUSEPORT, shared ? 1 : 0) &&
                         set(IPPROTO_TCP, TCP_NODELAY, 1) && // for those accepted
                         ::bind(made.fd_, where.data(), static_cast<::socklen_t>(where.size())) == 0 &&
                         ::listen(made.fd_, SOMAXCONN) == 0;
    if (!listens)
        return error_unless(false);
    return made;
}

UNISONO_DECL result<std::uint16_t> listening_socket::port() const {
    asio::ip::tcp::endpoint here;
    auto size = static_cast<::socklen_t>(here.capacity());
    if (::getsockname(fd_, here.data(), &size) != 0)
        return error_unless(false);
    return here.port();
}

UNISONO_DECL void listening_socket::close() noexcept {
    if (is_open())
        ::close(std::exchange(fd_, -1));
}

} // namespace unisono::inline v0::detail
