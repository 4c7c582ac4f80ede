#pragma once

#include <unisono/core/result.hpp>
#include <unisono/net/descriptor_reserve.hpp>
#include <unisono/net/detail/listening_socket.hpp>
#include <unisono/net/detail/poll_target.hpp>
#include <unisono/net/shard.hpp>
#include <unisono/net/tcp_socket.hpp>

#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

namespace unisono::inline v0 {

/// Accepts TCP connections for one shard. Several may share a port: the kernel then spreads connections over
/// them (SO_REUSEPORT).
///
/// When file descriptors run out, those who come are told so at once instead of waiting unheard; what is
/// connected stays connected, and as soon as a descriptor is free somebody is accepted again. Thread safety:
/// on its shard.
class listener final : public std::enable_shared_from_this<listener>, private detail::poll_target {
public:
    using accept_handler = std::function<void(shard&, tcp_socket)>;

    /// Who may listen on the same port.
    enum class sharing {
        exclusive,  ///< nobody: a port in use is an error
        reuse_port, ///< whoever shares it, too, also another process of this user
    };

    /// Binds and listens. `port` 0 takes a free one; port() tells which. `reserve`: for when descriptors run
    /// out; shared by listeners that may run out of them together.
    static result<std::shared_ptr<listener>> open(shard& home, std::string const& address, std::uint16_t port,
                                                  sharing with, accept_handler on_accept,
                                                  std::shared_ptr<descriptor_reserve> reserve);
    ~listener();

    /// Begins to accept.
    void start();

    /// Accepts nothing more. Connections that exist are not touched.
    void stop();

    std::uint16_t port() const noexcept { return port_; }

private:
    listener(shard& home, detail::listening_socket socket, std::uint16_t port, accept_handler on_accept,
             std::shared_ptr<descriptor_reserve> reserve);
    void on_ready(std::uint32_t events) override;
    void forget() noexcept;
    std::error_code accept_one();
    void wait_for_room(std::error_code why);
    void accepted(tcp_socket socket);

    shard& home_;
    std::shared_ptr<bool const> home_alive_; ///< who drops the last reference may be later than the shard
    detail::listening_socket socket_;
    std::uint16_t port_;
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                               asio::io_context::executor_type>
        pause_;
    accept_handler on_accept_;
    std::shared_ptr<descriptor_reserve> reserve_;
    bool watched_ = false;
    bool full_ = false; ///< and that was logged
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/net/impl/listener.ipp>
#endif
