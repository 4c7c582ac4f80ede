#pragma once

#include <unisono/core/config.hpp>
#include <unisono/server/detail/farewell.hpp>
#include <unisono/server/detail/server_core.hpp>

#include <asio/steady_timer.hpp>

#include <future>
#include <string>
#include <utility>

// How a server ends: nothing new is taken on, everybody hears a goodbye, what is queued leaves.

namespace unisono::inline v0::detail {

UNISONO_DECL void server_core::drain(std::chrono::milliseconds deadline,
                                     std::function<void(drain_report const&)> done) {
    std::unique_lock lock{mutex_};
    bool const first = ++stops_ == 1;
    if (first)
        drain_time_ = deadline;
    if (done)
        when_drained_.push_back(std::move(done));
    bool const over = drained_;
    lock.unlock();
    draining_.store(true, std::memory_order_relaxed);
    changed_.notify_all();
    if (!on_host_)
        return;
    if (first)
        shards_[0].post([this] {
            say_goodbye();
            await_goodbyes();
        });
    else if (over)
        shards_[0].post([this] { report_drained(); });
}

UNISONO_DECL bool server_core::hurried() {
    std::lock_guard const lock{mutex_};
    return stops_ > 1 || std::chrono::steady_clock::now() >= drain_deadline_;
}

UNISONO_DECL void server_core::say_goodbye() {
    drain_began_ = std::chrono::steady_clock::now();
    {
        std::lock_guard const lock{mutex_};
        drain_deadline_ = drain_began_ + drain_time_;
    }
    close_listeners();
    // The other half is for what the goodbyes set off: closing handshakes, last bytes to slow readers.
    for (auto& s : shards_)
        s.post([this, &s] {
            connected_ += s.connection_count();
            farewell::begin(s, drain_time_ / 2);
        });
}

// --- threads of our own ---

UNISONO_DECL void server_core::shut_down() {
    draining_.store(true, std::memory_order_relaxed);
    say_goodbye();
    while (!hurried() && !everyone_gone()) {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, std::chrono::milliseconds{10}, [&] { return stops_ > 1; });
    }
    options_.store->close(); // its last completions are posted before the loops stop
    for (auto& s : shards_)
        s.post([this, &s] {
            cut_ += s.connection_count();
            s.abort_connections();
            s.post([&s] { s.stop(); });
        });
    for (auto& t : threads_)
        t.join();
    threads_.clear();
    settle();
    report_drained();
}

UNISONO_DECL bool server_core::everyone_gone() {
    for (auto& s : shards_) {
        std::promise<std::size_t> answer;
        s.post([&] { answer.set_value(s.connection_count()); });
        if (answer.get_future().get() != 0)
            return false;
    }
    return true;
}

/// What was still under way between the shards comes to its end here: nobody waits for ever, nothing is left
/// that would touch a shard which is gone.
UNISONO_DECL void server_core::settle() {
    constexpr std::size_t limit = 10'000; // a program's task may go on for ever
    std::size_t total = 0;
    for (bool more = true; more && total < limit;) {
        more = false;
        for (auto& s : shards_) {
            auto const count = s.run_ready(limit);
            more = more || count != 0;
            total += count;
        }
    }
}

// --- a host's loop ---

UNISONO_DECL void server_core::await_goodbyes() {
    auto& home = shards_[0];
    if (home.connection_count() != 0 && hurried()) {
        cut_ += home.connection_count();
        home.abort_connections();
    }
    if (home.connection_count() == 0) {
        options_.store->close();
        home.post([this] { report_drained(); }); // behind the store's last completions
        return;
    }
    auto const timer = std::make_shared<asio::steady_timer>(home.context(), std::chrono::milliseconds{10});
    timer->async_wait([this, timer, alive = std::weak_ptr{alive_}](std::error_code ec) {
        if (!ec && !alive.expired())
            await_goodbyes();
    });
}

UNISONO_DECL void server_core::report_drained() {
    std::unique_lock lock{mutex_};
    auto const waiting = std::exchange(when_drained_, {});
    if (!std::exchange(drained_, true)) {
        report_ = {.connections = connected_,
                   .cut = cut_,
                   .took = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::steady_clock::now() - drain_began_)};
        options_.log->write(severity::info, "server", "drained",
                            {{"connections", report_.connections},
                             {"cut", report_.cut},
                             {"milliseconds", report_.took.count()}});
    }
    auto const report = report_;
    lock.unlock();
    for (auto const& done : waiting) // the last of them may destroy the server
        done(report);
}

} // namespace unisono::inline v0::detail
