#pragma once

#include <unisono/core/executor.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

/// The one thread on which the rooms live, for a host whose own threads block.
class loop_thread final : public unisono::executor {
public:
    /// `on_second` is called here about once a second.
    explicit loop_thread(std::function<void()> on_second)
        : on_second_(std::move(on_second)), thread_([this] { run(); }) {}

    ~loop_thread() override { finish(); }

    /// Runs what was posted, then ends: before what the tasks use goes.
    void finish() {
        if (!thread_.joinable())
            return;
        post([this] { over_ = true; });
        thread_.join();
    }

    void post(unisono::task work) override {
        {
            std::lock_guard const lock{mutex_};
            queue_.push_back(std::move(work));
        }
        changed_.notify_one();
    }

    bool running_here() const noexcept override { return std::this_thread::get_id() == thread_.get_id(); }

private:
    void run() {
        auto next_second = std::chrono::steady_clock::now();
        for (std::unique_lock lock{mutex_}; !over_ || !queue_.empty();) {
            changed_.wait_until(lock, next_second, [&] { return !queue_.empty(); });
            auto const work = std::exchange(queue_, {});
            lock.unlock();
            for (auto const& task : work)
                task();
            if (auto const now = std::chrono::steady_clock::now(); now >= next_second) {
                next_second = now + std::chrono::seconds{1};
                on_second_();
            }
            lock.lock();
        }
    }

    std::function<void()> on_second_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<unisono::task> queue_;
    bool over_ = false;
    std::thread thread_; // last: it uses the others
};
