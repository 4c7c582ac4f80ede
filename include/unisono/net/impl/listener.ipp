#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/listener.hpp>

#include <sys/epoll.h>
#include <system_error>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL listener::listener(shard& home, detail::listening_socket socket, std::uint16_t port,
                                accept_handler on_accept, std::shared_ptr<descriptor_reserve> reserve)
    : home_(home),
      home_alive_(home.alive_),
      socket_(std::move(socket)),
      port_(port),
      pause_(home.context()),
      on_accept_(std::move(on_accept)),
      reserve_(std::move(reserve)) {}

UNISONO_DECL listener::~listener() {
    if (*home_alive_)
        forget();
}

UNISONO_DECL result<std::shared_ptr<listener>> listener::open(shard& home, std::string const& address,
                                                              std::uint16_t port, sharing with,
                                                              accept_handler on_accept,
                                                              std::shared_ptr<descriptor_reserve> reserve) {
    auto socket = detail::listening_socket::open(address, port, with == sharing::reuse_port);
    if (!socket)
        return socket.error();
    auto const taken = socket->port();
    if (!taken)
        return taken.error();
    return std::shared_ptr<listener>{
        new listener(home, *std::move(socket), *taken, std::move(on_accept), std::move(reserve))};
}

UNISONO_DECL void listener::start() {
    if (watched_ || !socket_.is_open())
        return;
    if (auto const ec = home_.poller_.watch(*this, socket_.native_handle(), 0, EPOLLIN))
        wait_for_room(ec);
    else
        watched_ = true;
}

UNISONO_DECL void listener::stop() {
    forget();
    socket_.close();
    pause_.cancel();
}

UNISONO_DECL void listener::forget() noexcept {
    if (std::exchange(watched_, false))
        home_.poller_.forget(*this, socket_.native_handle());
}

UNISONO_DECL void listener::on_ready(std::uint32_t) {
    auto const self = shared_from_this(); // a client's first act may be to stop us
    if (auto const ec = accept_one())
        wait_for_room(ec);
}

/// One each turn, and the next in the next turn, for as long as it is ready. Accepting until nobody is left
/// would cost as much again: for an accept in vain the kernel makes a socket, too. No error: wait for more.
UNISONO_DECL std::error_code listener::accept_one() {
    std::error_code ec;
    tcp_socket client = tcp_socket::accept(socket_.native_handle(), ec);
    if (!ec)
        accepted(std::move(client));
    bool const nobody_there = ec == std::errc::operation_would_block || ec == std::errc::connection_aborted ||
                              ec == std::errc::interrupted;
    return nobody_there ? std::error_code{} : ec;
}

UNISONO_DECL void listener::accepted(tcp_socket client) {
    if (reserve_->restore()) {
        full_ = false;
        home_.guarded([&] { on_accept_(home_, std::move(client)); });
    } else { // this client got the last descriptor there is
        reserve_->turn_away(std::move(client));
        (void)reserve_->restore();
    }
}

UNISONO_DECL void listener::wait_for_room(std::error_code why) {
    if (!std::exchange(full_, true)) // once: a flood of clients is no flood of lines
        home_.log().write(severity::warning, "net", "clients are turned away", {{"reason", why.message()}});
    home_.metrics().accept_pauses.add();
    for (int i = 0; i < 64 && reserve_->turn_away_one(socket_.native_handle()) == 0; ++i) {
    }
    forget(); // or it would be ready in each turn, in vain
    pause_.expires_after(std::chrono::milliseconds{20});
    pause_.async_wait([self = shared_from_this()](std::error_code cancelled) {
        if (!cancelled)
            self->start();
    });
}

} // namespace unisono::inline v0
