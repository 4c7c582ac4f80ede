#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/ip_address.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <sys/uio.h>
#include <system_error>
#include <utility>

namespace unisono::inline v0 {

/// A connected TCP socket that never blocks: the operating system's, and nothing else, for it is most of what
/// an idle connection costs. Who waits for it is a shard.
///
/// Closes itself. Thread safety: none.
class tcp_socket {
public:
    /// Bytes of a gathered write, as the operating system wants to see them.
    struct piece : ::iovec {
        piece() noexcept = default;
        piece(std::byte const* data, std::size_t size) noexcept
            : ::iovec{const_cast<std::byte*>(data), size} {} // it only reads them
    };

    tcp_socket() noexcept = default;
    tcp_socket(tcp_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), peer_(other.peer_) {}
    tcp_socket& operator=(tcp_socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        std::swap(peer_, other.peer_);
        return *this;
    }
    ~tcp_socket() { close(); }

    /// The next client that waits at `listening`; its socket inherits TCP_NODELAY from there.
    static tcp_socket accept(int listening, std::error_code& ec) noexcept;

    /// Takes a connected socket over from somebody else, for example from Asio with release(), and makes it
    /// non-blocking and prompt (TCP_NODELAY).
    static tcp_socket adopt(int connected) noexcept;

    bool is_open() const noexcept { return fd_ >= 0; }
    int native_handle() const noexcept { return fd_; }
    /// Who is at the other end; unspecified when that is not known.
    ip_address const& peer() const noexcept { return peer_; }
    /// It speaks for somebody else, as a proxy does.
    void set_peer(ip_address const& other) noexcept { peer_ = other; }

    /// How many bytes came; 0 without an error is the end. Errors: std::errc::operation_would_block, and the
    /// operating system's.
    std::size_t read_some(mutable_bytes out, std::error_code& ec) noexcept;

    /// How many bytes were taken. Errors as of read_some().
    std::size_t write_some(bytes_view bytes, std::error_code& ec) noexcept;
    std::size_t write_some(std::span<piece const> pieces, std::error_code& ec) noexcept;

    /// Nothing more will be written.
    void shut_down_writing(std::error_code& ec) noexcept;

    /// How long what was written may stay unacknowledged before the connection fails (TCP_USER_TIMEOUT, RFC
    /// 5482).
    void limit_unacknowledged(std::chrono::milliseconds time) noexcept;

    /// The socket itself; it is the caller's to close.
    int release() noexcept { return std::exchange(fd_, -1); }

    void close() noexcept;

private:
    int fd_ = -1;
    ip_address peer_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/net/impl/tcp_socket.ipp>
#endif
