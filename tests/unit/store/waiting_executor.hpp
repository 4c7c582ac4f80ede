#pragma once

#include <unisono/core/executor.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

/// An executor on the test's own thread, which waits for what another thread posts.
class waiting_executor final : public unisono::executor {
public:
    void post(unisono::task work) override {
        std::lock_guard const lock{mutex_};
        queue_.push_back(std::move(work));
        posted_.notify_one(); // under the lock: the test may destroy this once it has the task
    }
    bool running_here() const noexcept override { return std::this_thread::get_id() == owner_; }

    /// Runs tasks until `value` is there.
    template <class T>
    T wait_for(std::optional<T> const& value) {
        while (!value)
            run_one();
        return *value;
    }

    /// Waits for a task and runs it.
    void run_one() {
        std::unique_lock lock{mutex_};
        posted_.wait(lock, [&] { return !queue_.empty(); });
        unisono::task const work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
    }

    /// Runs what is there now.
    void run_ready() {
        while (!empty())
            run_one();
    }

    bool empty() {
        std::lock_guard const lock{mutex_};
        return queue_.empty();
    }

private:
    std::thread::id const owner_ = std::this_thread::get_id();
    std::mutex mutex_;
    std::condition_variable posted_;
    std::deque<unisono::task> queue_;
};
