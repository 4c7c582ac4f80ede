#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/detail/flush_queue.hpp>
#include <unisono/net/detail/poller.hpp>
#include <unisono/net/detail/system_error.hpp>

#include <algorithm>

namespace unisono::inline v0::detail {

UNISONO_DECL poller::poller(asio::io_context& context, flush_queue& flushes)
    : flushes_(flushes), set_(context) {
    int const made = ::epoll_create1(EPOLL_CLOEXEC);
    if (made < 0)
        throw std::system_error{error_unless(false), "epoll_create1"};
    set_.assign(made);
    wait();
}

UNISONO_DECL std::error_code poller::watch(poll_target& who, int socket, std::uint32_t before,
                                           std::uint32_t now) noexcept {
    int const how = before == 0 ? EPOLL_CTL_ADD : now == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    ::epoll_event interest{};
    interest.events = now;
    interest.data.ptr = &who;
    return error_unless(::epoll_ctl(set_.native_handle(), how, socket, &interest) == 0);
}

UNISONO_DECL void poller::forget(poll_target& who, int socket) noexcept {
    // Closing the socket would do, but for a child process that still has it.
    (void)::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, socket, nullptr);
    for (int i = 0; i < count_; ++i)
        if (auto& event = ready_[static_cast<std::size_t>(i)]; event.data.ptr == &who)
            event.data.ptr = nullptr;
}

UNISONO_DECL void poller::wait() {
    set_.async_wait(asio::posix::descriptor_base::wait_read, [this, alive = alive_](std::error_code ec) {
        if (!ec && *alive)
            serve();
    });
}

UNISONO_DECL void poller::serve() {
    bool const flush = flushes_.begin_turn();
    count_ =
        std::max(::epoll_wait(set_.native_handle(), ready_.data(), static_cast<int>(ready_.size()), 0), 0);
    for (int i = 0; i < count_; ++i) {
        auto const& event = ready_[static_cast<std::size_t>(i)];
        if (!event.data.ptr) // it went during this turn
            continue;
        static_cast<poll_target*>(event.data.ptr)->on_ready(event.events);
        flushes_.flush_only();
    }
    count_ = 0;
    if (flush)
        flushes_.end_turn();
    wait();
}

} // namespace unisono::inline v0::detail
