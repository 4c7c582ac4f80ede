#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/detail/list_link.hpp>
#include <unisono/core/executor.hpp>
#include <unisono/core/logger.hpp>
#include <unisono/net/detail/flush_queue.hpp>
#include <unisono/net/detail/poller.hpp>
#include <unisono/net/shard_metrics.hpp>
#include <unisono/net/tcp_socket.hpp>
#include <unisono/net/timer_wheel.hpp>

#include <asio/basic_waitable_timer.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <span>

namespace unisono::inline v0 {

class connection;

/// One event loop and everything confined to it: connections, their timers, the rooms that live here.
///
/// Either a loop of its own, run by one thread that calls run(), or the host's io_context, run by the host
/// with one thread. Thread safety: post(), running_here() and stop() from any thread; the rest on the shard.
class shard final : public executor {
public:
    explicit shard(clock& time = system_clock(), logger& log = null_logger());

    /// Works on the host's loop, which must outlive the shard and be run by exactly one thread.
    explicit shard(asio::io_context& host, clock& time = system_clock(), logger& log = null_logger());

    ~shard();

    void post(task work) override;
    bool running_here() const noexcept override { return context_.get_executor().running_in_this_thread(); }

    /// Runs the loop until stop(). A task that throws is logged and the loop goes on.
    void run();
    void stop();

    asio::io_context& context() noexcept { return context_; }
    clock& time() const noexcept { return time_; }
    logger& log() const noexcept { return log_; }

    /// What is counted here. Written on the shard, read from anywhere.
    shard_metrics& metrics() noexcept { return metrics_; }
    shard_metrics const& metrics() const noexcept { return metrics_; }

    /// Deadlines on this shard.
    timer_wheel& timers() noexcept { return timers_; }

    /// Those that exist now.
    std::vector<std::weak_ptr<connection>> connections() const;

    /// Closes every connection at once.
    void abort_connections();

    /// As abort_connections(), and tells the handlers before it returns: for when the loop runs no longer.
    void end_connections();

    /// Runs what is ready, at most `limit` tasks, and returns how many. After run() has returned.
    std::size_t run_ready(std::size_t limit);

    /// Connections whose handlers were not told of the end yet.
    std::size_t connection_count() const noexcept { return connection_count_; }

    /// Looks at every connection. `look` must not end any.
    void inspect_connections(std::function<void(connection const&)> const& look) const;

    /// A buffer for one read, shared by all connections of the shard; valid until control returns to the
    /// loop.
    static constexpr std::size_t scratch_size = 64 * 1024;
    std::byte* scratch() noexcept { return scratch_.get(); }

    /// The same for the pieces of one gathered write.
    std::span<tcp_socket::piece> pieces() noexcept { return pieces_; }

private:
    friend class connection;
    friend class listener;
    void remember(connection& c) noexcept;
    void forget(connection& c) noexcept;
    void start_clock();
    /// Runs a task; what it throws is logged and ends nothing.
    template <class Call>
    void guarded(Call&& call);

    clock& time_;
    logger& log_;
    shard_metrics metrics_;
    // Outlive the loop below: destroying it destroys connections, which then leave these.
    timer_wheel timers_;
    detail::list_head<shard> connections_;
    std::size_t connection_count_ = 0;
    std::unique_ptr<asio::io_context> own_;
    asio::io_context& context_;
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                               asio::io_context::executor_type>
        ticker_;
    std::unique_ptr<std::byte[]> scratch_;
    std::array<tcp_socket::piece, 64> pieces_; ///< initialising them costs more than a delivery
    detail::flush_queue flushes_;
    detail::poller poller_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

template <class Call>
void shard::guarded(Call&& call) {
    try {
        call();
    } catch (std::exception const& e) {
        log_.write(severity::error, "net", "a task threw", {{"reason", e.what()}});
    } catch (...) {
        log_.write(severity::error, "net", "a task threw");
    }
}

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// Its definitions need both classes, whichever header comes first.
#include <unisono/net/connection.hpp>
#endif
