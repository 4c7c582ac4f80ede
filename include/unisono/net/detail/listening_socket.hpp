#pragma once

#include <unisono/core/result.hpp>
#include <unisono/net/tcp_socket.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace unisono::inline v0::detail {

/// A TCP socket that clients connect to. Never blocks, and closes itself. Thread safety: none.
class listening_socket {
public:
    listening_socket() noexcept = default;
    listening_socket(listening_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    listening_socket& operator=(listening_socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~listening_socket() { close(); }

    /// Binds and listens. `port` 0 takes a free one. `shared`: others may, too, who say so (SO_REUSEPORT).
    static result<listening_socket> open(std::string const& address, std::uint16_t port, bool shared);

    /// The port it listens on.
    result<std::uint16_t> port() const;

    bool is_open() const noexcept { return fd_ >= 0; }
    int native_handle() const noexcept { return fd_; }
    void close() noexcept;

private:
    int fd_ = -1;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/net/detail/impl/listening_socket.ipp>
#endif
