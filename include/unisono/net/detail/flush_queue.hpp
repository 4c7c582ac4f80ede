#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/config.hpp>
#include <unisono/hub/detail/payload_joiner.hpp>
#include <unisono/net/detail/connection_row.hpp>

#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <utility>

namespace unisono::inline v0::detail {

/// Which connections of a shard have something to write, and when they are flushed: together, so that a burst
/// of messages leaves in one system call per connection.
///
/// Lives on its shard. A connection in it must call remove() before it goes.
class flush_queue {
public:
    flush_queue(asio::io_context& context, clock& time) : context_(context), time_(time) {}
    ~flush_queue() { *alive_ = false; }
    flush_queue(flush_queue const&) = delete;
    flush_queue& operator=(flush_queue const&) = delete;

    /// Flushes `c` after the events that are ready now.
    UNISONO_HOT void add(connection& c) {
        waiting_.add(c);
        if (!scheduled_) [[unlikely]]
            schedule();
    }

    /// Flushes `c` together with all others of this window, which are flushed once per window: as add() when
    /// the last time is longer ago.
    void add(connection& c, std::chrono::milliseconds window);

    void remove(connection& c) noexcept;

    /// Begins a turn of the loop that ends in end_turn(), which flushes what was added meanwhile. Returns
    /// false, and nothing is to be ended, when a flush is coming anyway.
    bool begin_turn() noexcept { return !std::exchange(scheduled_, true); }
    void end_turn() { flush_all(); }

    /// Flushes now what waits alone: after an event that led to nothing but its own answer, whose connection
    /// is still in the cache.
    void flush_only();

    /// Of what is queued until the next flush.
    payload_joiner& joiner() noexcept { return joiner_; }

private:
    using timer =
        asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                   asio::io_context::executor_type>;

    /// The connections that wait for the same window to end.
    struct pacer {
        pacer(asio::io_context& context, std::chrono::milliseconds w) : window(w), end(context) {}

        std::chrono::milliseconds window;
        timer end;
        clock::time_point last = clock::time_point::min(); ///< when they were flushed
        connection_row waiting = {};
        bool armed = false; ///< a flush is coming,
        bool due = false;   ///< with that of the others
    };

    pacer& pacer_of(std::chrono::milliseconds window);
    void schedule();
    void flush_all();
    void flush(pacer& p);
    template <class Flush>
    void flush_each(connection_row& row, Flush&& flush);

    asio::io_context& context_;
    clock& time_;
    connection_row waiting_;
    connection_row flushing_;
    std::deque<pacer> pacers_; ///< few: a program knows few windows
    payload_joiner joiner_;
    bool scheduled_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); ///< the host's loop may outlive this
};

} // namespace unisono::inline v0::detail
