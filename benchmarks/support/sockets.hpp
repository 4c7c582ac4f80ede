#pragma once

#include "support/options.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace benchmark {

inline std::uint64_t now() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

/// Ten thousand connections need more descriptors than a shell allows by default.
/// Returns how many there may be.
inline std::size_t raise_descriptor_limit() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur;
}

inline sockaddr_in loopback(double port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline void without_delay(int fd) {
    int const on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/// A non-blocking connection on its way. `window`: bytes the kernel takes for a client that does not read; 0:
/// as it likes.
inline int connect_to(sockaddr_in const& server, int window = 0) {
    int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket: " + std::string(std::strerror(errno)));
    without_delay(fd);
    if (window != 0)
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
    if (::connect(fd, reinterpret_cast<sockaddr const*>(&server), sizeof(server)) != 0 &&
        errno != EINPROGRESS)
        die("connect: " + std::string(std::strerror(errno)));
    return fd;
}

inline void watch(int epoll, int operation, int fd, std::uint32_t interest, std::uint64_t data) {
    epoll_event event{};
    event.events = interest;
    event.data.u64 = data;
    ::epoll_ctl(epoll, operation, fd, &event);
}

} // namespace benchmark
