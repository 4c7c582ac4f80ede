#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/detail/system_error.hpp>
#include <unisono/net/tcp_socket.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace unisono::inline v0 {

namespace detail {

inline ip_address address_of(::sockaddr_storage const& from) noexcept {
    auto const copied = [](auto bytes, auto const& address) {
        std::memcpy(bytes.data(), &address, bytes.size());
        return ip_address{bytes};
    };
    if (from.ss_family == AF_INET6)
        return copied(ip_address::bytes_type{}, reinterpret_cast<::sockaddr_in6 const&>(from).sin6_addr);
    if (from.ss_family == AF_INET)
        return copied(ip_address::v4_bytes{}, reinterpret_cast<::sockaddr_in const&>(from).sin_addr);
    return {};
}

/// Calls again what a signal interrupted. The number of bytes, or 0 and an error.
template <class Call>
std::size_t transfer(std::error_code& ec, Call&& call) noexcept {
    ::ssize_t count = 0;
    do
        count = call();
    while (count < 0 && errno == EINTR);
    ec = error_unless(count >= 0);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}

} // namespace detail

UNISONO_DECL tcp_socket tcp_socket::accept(int listening, std::error_code& ec) noexcept {
    tcp_socket made;
    ::sockaddr_storage from{};
    ::socklen_t size = sizeof(from);
    made.fd_ =
        ::accept4(listening, reinterpret_cast<::sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    ec = detail::error_unless(made.is_open());
    made.peer_ = detail::address_of(from);
    return made;
}

UNISONO_DECL tcp_socket tcp_socket::adopt(int connected) noexcept {
    tcp_socket made;
    made.fd_ = connected;
    ::fcntl(connected, F_SETFL, ::fcntl(connected, F_GETFL) | O_NONBLOCK);
    int const on = 1;
    ::setsockopt(connected, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ::sockaddr_storage from{};
    ::socklen_t size = sizeof(from);
    if (::getpeername(connected, reinterpret_cast<::sockaddr*>(&from), &size) == 0)
        made.peer_ = detail::address_of(from);
    return made;
}

UNISONO_DECL std::size_t tcp_socket::read_some(mutable_bytes out, std::error_code& ec) noexcept {
    return detail::transfer(ec, [&] { return ::recv(fd_, out.data(), out.size(), 0); });
}

UNISONO_DECL std::size_t tcp_socket::write_some(bytes_view bytes, std::error_code& ec) noexcept {
    return detail::transfer(ec, [&] { return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
}

UNISONO_DECL std::size_t tcp_socket::write_some(std::span<piece const> pieces, std::error_code& ec) noexcept {
    ::msghdr message{};
    message.msg_iov = const_cast<piece*>(pieces.data());
    message.msg_iovlen = pieces.size();
    return detail::transfer(ec, [&] { return ::sendmsg(fd_, &message, MSG_NOSIGNAL); });
}

UNISONO_DECL void tcp_socket::shut_down_writing(std::error_code& ec) noexcept {
    ec = detail::error_unless(::shutdown(fd_, SHUT_WR) == 0);
}

UNISONO_DECL void tcp_socket::limit_unacknowledged(std::chrono::milliseconds time) noexcept {
    auto const value = static_cast<unsigned>(
        std::clamp<std::chrono::milliseconds::rep>(time.count(), 0, std::numeric_limits<int>::max()));
    ::setsockopt(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof(value));
}

UNISONO_DECL void tcp_socket::close() noexcept {
    if (fd_ >= 0)
        ::close(std::exchange(fd_, -1));
}

} // namespace unisono::inline v0
