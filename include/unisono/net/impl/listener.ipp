#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/listener.hpp>

#include <asio/detail/socket_option.hpp>
#include <asio/error.hpp>
#include <asio/ip/address.hpp>

#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL listener::listener(shard& home, accept_handler on_accept,
                                std::shared_ptr<descriptor_reserve> reserve)
    : home_(home),
      acceptor_(home.context()),
      pause_(home.context()),
      on_accept_(std::move(on_accept)),
      reserve_(std::move(reserve)) {}

UNISONO_DECL result<std::shared_ptr<listener>> listener::open(shard& home, std::string const& address,
                                                              std::uint16_t port, sharing with,
                                                              accept_handler on_accept,
                                                              std::shared_ptr<descriptor_reserve> reserve) {
    using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    std::error_code ec;
    auto const where = asio::ip::make_address(address, ec);
    if (ec)
        return ec;
    std::shared_ptr<listener> made{new listener(home, std::move(on_accept), std::move(reserve))};
    asio::ip::tcp::endpoint const endpoint{where, port};
    auto& a = made->acceptor_;
    a.open(endpoint.protocol(), ec);
    if (!ec)
        a.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec)
        a.set_option(reuse_port(with == sharing::reuse_port), ec);
    if (!ec)
        a.set_option(asio::ip::tcp::no_delay(true), ec); // for those accepted
    if (!ec)
        a.non_blocking(true, ec);
    if (!ec)
        a.bind(endpoint, ec);
    if (!ec)
        a.listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
        return std::error_code{ec.value(), std::system_category()}; // Asio's own equals no std::errc
    made->port_ = a.local_endpoint(ec).port();
    if (ec)
        return ec;
    return made;
}

UNISONO_DECL void listener::start() {
    accept();
}

UNISONO_DECL void listener::stop() {
    std::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

UNISONO_DECL void listener::accept() {
    // Waiting arms the readiness anew each time: with descriptors running out on one thread and freed on
    // another, an accept under way can miss a client that came meanwhile.
    acceptor_.async_wait(asio::socket_base::wait_read, [self = shared_from_this()](std::error_code ec) {
        if (ec || !self->acceptor_.is_open())
            return;
        if (!(ec = self->accept_all()))
            self->accept();
        else if (self->acceptor_.is_open())
            self->wait_for_room(ec);
    });
}

/// All who wait, but not so many that the others on the loop wait for long. No error: wait for more.
UNISONO_DECL std::error_code listener::accept_all() {
    constexpr int at_once = 64;
    for (int i = 0; i < at_once && acceptor_.is_open(); ++i) {
        std::error_code ec;
        tcp_socket socket = tcp_socket::accept(acceptor_.native_handle(), ec);
        if (!ec)
            accepted(std::move(socket));
        else if (ec == std::errc::operation_would_block)
            return {};
        else if (ec != std::errc::connection_aborted && ec != std::errc::interrupted)
            return ec;
    }
    return {};
}

UNISONO_DECL void listener::accepted(tcp_socket socket) {
    if (reserve_->restore()) {
        full_ = false;
        on_accept_(home_, std::move(socket));
    } else { // this client got the last descriptor there is
        reserve_->turn_away(std::move(socket));
        (void)reserve_->restore();
    }
}

UNISONO_DECL void listener::wait_for_room(std::error_code why) {
    if (!std::exchange(full_, true)) // once: a flood of clients is no flood of lines
        home_.log().write(severity::warning, "net", "clients are turned away", {{"reason", why.message()}});
    home_.metrics().accept_pauses.add();
    for (int i = 0; i < 64 && reserve_->turn_away_one(acceptor_.native_handle()) == 0; ++i) {
    }
    // A look now and then rather than waiting for readiness: accepting fails now even when nobody waits, and
    // who comes between the two would not be seen.
    pause_.expires_after(std::chrono::milliseconds{20});
    pause_.async_wait([self = shared_from_this()](std::error_code cancelled) {
        if (!cancelled && self->acceptor_.is_open())
            self->accept();
    });
}

} // namespace unisono::inline v0
