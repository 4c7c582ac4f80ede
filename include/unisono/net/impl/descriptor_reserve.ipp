#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/descriptor_reserve.hpp>

#include <cstddef>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL int open_something() noexcept {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
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
    std::error_code ec;
    if (auto client = tcp_socket::accept(listening, ec); !ec)
        turn_away(std::move(client));
    fd_ = detail::open_something();
    return ec.value();
}

UNISONO_DECL void descriptor_reserve::turn_away(tcp_socket client) const noexcept {
    std::error_code ignored;
    client.write_some(as_bytes(last_words_), ignored);
    client.shut_down_writing(ignored);
    // What has come and was not read would make closing a reset, which can overtake the words.
    std::byte unread[4096];
    for (int i = 0; i < 16 && client.read_some(unread, ignored) > 0; ++i) {
    }
}

} // namespace unisono::inline v0
