#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/net/detail/flush_queue.hpp>

#include <asio/post.hpp>

#include <sys/socket.h>
#include <sys/types.h>
#include <utility>

namespace unisono::inline v0 {

// Here, where the loop over all connections takes them in.

/// What most flushes come to: one message, which the socket takes whole; without the error code and the loop
/// of the long way. False: that has to be gone.
inline bool connection::write_lone() {
    bytes_view const lone = outbox_.lone();
    if (lone.empty() || filter_) [[unlikely]]
        return false;
    auto const written = ::send(socket_.native_handle(), lone.data(), lone.size(), MSG_NOSIGNAL);
    if (written != static_cast<::ssize_t>(lone.size())) [[unlikely]] {
        if (written > 0) {
            outbox_.consume(static_cast<std::size_t>(written));
            count_written(static_cast<std::size_t>(written));
        }
        return false; // which also finds out what is wrong
    }
    outbox_.consume_lone();
    count_written(static_cast<std::size_t>(written));
    return true;
}

inline void connection::flush() {
    flush_posted_ = false;
    if (!is_open() || waiting_writable_ || !write_lone()) [[unlikely]]
        flush_rest();
    else if (watch_drained_)
        tell_drained();
}

UNISONO_DECL void connection::flush_paced(std::chrono::milliseconds window) {
    if (pace_ == window.count())
        pace_ = 0;
    if (!flush_posted_) // else it is about to be flushed anyway
        flush();
}

} // namespace unisono::inline v0

namespace unisono::inline v0::detail {

UNISONO_DECL void flush_queue::add(connection& c, std::chrono::milliseconds window) {
    pacer& p = pacer_of(window);
    p.waiting.add(c);
    if (std::exchange(p.armed, true))
        return;
    auto const now = time_.now();
    if (p.last == clock::time_point::min() || now - p.last >= window) {
        p.due = true;
        schedule();
        return;
    }
    p.end.expires_after(p.last + window - now);
    p.end.async_wait([this, &p, alive = alive_](std::error_code ec) {
        if (!ec && *alive)
            flush(p);
    });
}

UNISONO_DECL flush_queue::pacer& flush_queue::pacer_of(std::chrono::milliseconds window) {
    for (auto& p : pacers_)
        if (p.window == window)
            return p;
    return pacers_.emplace_back(context_, window);
}

UNISONO_DECL void flush_queue::remove(connection& c) noexcept {
    waiting_.remove(c); // none goes while it is being flushed: the end of a connection is posted
    for (auto& p : pacers_)
        p.waiting.remove(c);
}

UNISONO_DECL void flush_queue::schedule() {
    if (std::exchange(scheduled_, true))
        return;
    // Posted twice: the second turn comes after the handlers of everything that is ready now.
    asio::post(context_, [this, alive = alive_] {
        if (*alive)
            asio::post(context_, [this, alive] {
                if (*alive)
                    flush_all();
            });
    });
}

UNISONO_DECL void flush_queue::flush_only() {
    if (connection* const c = waiting_.only()) {
        waiting_.clear();
        c->flush();
    }
}

UNISONO_DECL void flush_queue::flush_all() {
    scheduled_ = false;
    flush_each(waiting_, [](connection& c) { c.flush(); });
    for (auto& p : pacers_)
        if (p.due)
            flush(p);
    joiner_.clear();
}

UNISONO_DECL void flush_queue::flush(pacer& p) {
    p.armed = p.due = false;
    p.last = time_.now();
    flush_each(p.waiting, [&](connection& c) { c.flush_paced(p.window); });
}

template <class Flush>
void flush_queue::flush_each(connection_row& row, Flush&& flush) {
    std::swap(row, flushing_); // what is added meanwhile is for the next time
    flushing_.for_each(flush);
    flushing_.clear();
}

} // namespace unisono::inline v0::detail
