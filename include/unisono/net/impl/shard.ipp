#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/net/shard.hpp>

#include <asio/post.hpp>

#include <utility>
#include <vector>

namespace unisono::inline v0 {

UNISONO_DECL shard::shard(clock& time, logger& log)
    : time_(time),
      log_(log),
      timers_(time.now()),
      own_(std::make_unique<asio::io_context>(1)),
      context_(*own_),
      ticker_(context_),
      scratch_(std::make_unique<std::byte[]>(scratch_size)),
      flushes_(context_, time),
      poller_(context_, flushes_) {
    start_clock();
}

UNISONO_DECL shard::shard(asio::io_context& host, clock& time, logger& log)
    : time_(time),
      log_(log),
      timers_(time.now()),
      context_(host),
      ticker_(context_),
      scratch_(std::make_unique<std::byte[]>(scratch_size)),
      flushes_(context_, time),
      poller_(context_, flushes_) {
    start_clock();
}

UNISONO_DECL shard::~shard() {
    *alive_ = false;   // the host's loop may still hold tasks of ours
    end_connections(); // and programs handles of connections
}

UNISONO_DECL void shard::remember(connection& c) noexcept {
    static_cast<detail::list_link<shard>&>(c).link_before(connections_);
    ++connection_count_;
}

UNISONO_DECL void shard::forget(connection& c) noexcept {
    static_cast<detail::list_link<shard>&>(c).unlink();
    --connection_count_;
}

UNISONO_DECL std::vector<std::weak_ptr<connection>> shard::connections() const {
    std::vector<std::weak_ptr<connection>> all;
    all.reserve(connection_count_);
    for (auto* link = connections_.next; link != &connections_; link = link->next)
        all.push_back(static_cast<connection*>(link)->weak_from_this());
    return all;
}

UNISONO_DECL void shard::abort_connections() {
    for (auto const& c : connections())
        if (auto const here = c.lock())
            here->abort();
}

UNISONO_DECL void shard::inspect_connections(std::function<void(connection const&)> const& look) const {
    for (auto* link = connections_.next; link != &connections_; link = link->next)
        look(static_cast<connection const&>(*link));
}

UNISONO_DECL void shard::end_connections() {
    while (!connections_.empty())
        static_cast<connection*>(connections_.next)->abandon();
}

UNISONO_DECL void shard::post(task work) {
    if (own_)
        asio::post(context_, std::move(work));
    else // the host's loop may go on when we are gone
        asio::post(context_, [alive = alive_, work = std::move(work)] {
            if (*alive)
                work();
        });
}

UNISONO_DECL void shard::run() {
    auto const guard = asio::make_work_guard(context_);
    for (bool over = false; !over;)
        guarded([&] {
            context_.run();
            over = true;
        });
}

UNISONO_DECL std::size_t shard::run_ready(std::size_t limit) {
    context_.restart();
    std::size_t count = 0;
    for (bool more = true; more && count < limit; count += more)
        guarded([&] { more = context_.poll_one() != 0; });
    return count;
}

UNISONO_DECL void shard::stop() {
    context_.stop();
}

UNISONO_DECL void shard::start_clock() {
    ticker_.expires_after(timer_wheel::tick);
    ticker_.async_wait([this, alive = alive_](std::error_code ec) {
        if (ec || !*alive)
            return;
        metrics_.loop_lag.add(std::chrono::steady_clock::now() - ticker_.expiry());
        timers_.advance(time_.now());
        start_clock();
    });
}

} // namespace unisono::inline v0
