#pragma once

#include <unisono/net/detail/poll_target.hpp>

#include <asio/io_context.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <sys/epoll.h>
#include <system_error>

namespace unisono::inline v0::detail {

class flush_queue;

/// Tells connections and listeners that their sockets are ready.
///
/// An epoll set of our own that the loop watches as one descriptor: a connection in it costs nothing while it
/// waits, where an Asio socket keeps 300 bytes of state and re-arms itself with a system call per event. All
/// that is ready is served in one turn of the loop, and what that queues leaves together.
///
/// Lives on its shard. Who is in it must call forget() before it goes.
class poller {
public:
    /// Throws std::system_error when the operating system refuses.
    poller(asio::io_context& context, flush_queue& flushes);
    ~poller() { *alive_ = false; }
    poller(poller const&) = delete;
    poller& operator=(poller const&) = delete;

    /// Changes what `who` waits for on `socket` from `before` to `now`: EPOLLIN, EPOLLOUT, both or nothing.
    /// It gets on_ready() each turn in which that is the case, and with either when the socket has failed.
    std::error_code watch(poll_target& who, int socket, std::uint32_t before, std::uint32_t now) noexcept;

    /// No event of `socket`, which waits for something, reaches `who` any more, not even of the turn in hand.
    void forget(poll_target& who, int socket) noexcept;

private:
    void wait();
    void serve();

    flush_queue& flushes_;
    asio::posix::basic_stream_descriptor<asio::io_context::executor_type> set_;
    std::array<::epoll_event, 256> ready_; ///< of the turn in hand
    int count_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); ///< the host's loop may outlive this
};

} // namespace unisono::inline v0::detail
