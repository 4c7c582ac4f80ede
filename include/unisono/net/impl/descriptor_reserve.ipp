#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/descriptor_reserve.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL int open_something() noexcept {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

UNISONO_DECL void say_and_close(int fd, std::string_view last_words) noexcept {
    (void)::send(fd, last_words.data(), last_words.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(fd, SHUT_WR);
    // What has come and was not read would make closing a reset, which can overtake the words.
    char unread[4096];
    for (int i = 0; i < 16 && ::recv(fd, unread, sizeof unread, MSG_DONTWAIT) > 0; ++i) {
    }
    ::close(fd);
}

} // namespace detail

UNISONO_DECL descriptor_reserve::descriptor_reserve(std::string last_words)
    : last_words_(std::move(last_words)), fd_(detail::open_something()) {}

UNISONO_DECL descriptor_reserve::~descriptor_reserve() {
    if (fd_ >= 0)
        ::close(fd_);
}

UNISONO_DECL bool descriptor_reserve::restore() noexcept {
    if (fd_.load(std::memory_order_relaxed) >= 0)
        return true;
    std::lock_guard const lock{mutex_};
    if (fd_ < 0)
        fd_ = detail::open_something();
    return fd_ >= 0;
}

UNISONO_DECL int descriptor_reserve::turn_away_one(int listening) noexcept {
    std::lock_guard const lock{mutex_};
    if (fd_ >= 0)
        ::close(fd_.exchange(-1));
    int const client = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int const error = client < 0 ? errno : 0;
    if (client >= 0)
        detail::say_and_close(client, last_words_);
    fd_ = detail::open_something();
    return error;
}

UNISONO_DECL void descriptor_reserve::turn_away(tcp_socket socket) const noexcept {
    detail::say_and_close(socket.release(), last_words_);
}

} // namespace unisono::inline v0
