#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/net/detail/flush_queue.hpp>

#include <asio/post.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL void flush_queue::add(connection& c, std::chrono::milliseconds window) {
    pacer& p = pacer_of(window);
    p.waiting.push_back(&c);
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
    std::replace(waiting_.begin(), waiting_.end(), &c, static_cast<connection*>(nullptr));
    std::replace(flushing_.begin(), flushing_.end(), &c, static_cast<connection*>(nullptr));
    for (auto& p : pacers_)
        std::replace(p.waiting.begin(), p.waiting.end(), &c, static_cast<connection*>(nullptr));
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

UNISONO_DECL void flush_queue::flush_all() {
    scheduled_ = false;
    flush_each(waiting_, [](connection& c) { c.flush(); });
    for (auto& p : pacers_)
        if (p.due)
            flush(p);
}

UNISONO_DECL void flush_queue::flush(pacer& p) {
    p.armed = p.due = false;
    p.last = time_.now();
    flush_each(p.waiting, [&](connection& c) { c.flush_paced(p.window); });
}

template <class Flush>
void flush_queue::flush_each(std::vector<connection*>& row, Flush&& flush) {
    std::swap(row, flushing_); // what is added meanwhile is for the next time
    for (std::size_t i = 0; i < flushing_.size(); ++i)
        if (connection* const c = flushing_[i])
            flush(*c);
    flushing_.clear();
}

} // namespace unisono::inline v0::detail
