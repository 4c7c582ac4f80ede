#pragma once

#include <unisono/core/executor.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace unisono::test {

/// An executor with a thread of its own, and nothing else. The destructor runs what is queued.
class thread_executor final : public executor {
public:
    thread_executor() : thread_([this] { run(); }), id_(thread_.get_id()) {}
    ~thread_executor() override { stop(); }

    void post(task work) override {
        {
            std::lock_guard const lock{mutex_};
            queue_.push_back(std::move(work));
        }
        changed_.notify_one();
    }
    bool running_here() const noexcept override { return std::this_thread::get_id() == id_; }

    /// Runs what is queued and ends the thread.
    void stop() {
        if (!thread_.joinable())
            return;
        {
            std::lock_guard const lock{mutex_};
            stopping_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

private:
    void run() {
        for (;;) {
            std::vector<task> ready;
            {
                std::unique_lock lock{mutex_};
                changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
                if (queue_.empty())
                    return;
                ready.swap(queue_);
            }
            for (auto& work : ready)
                std::exchange(work, nullptr)();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<task> queue_;
    bool stopping_ = false;
    std::thread thread_; // after what it uses
    std::thread::id id_;
};

} // namespace unisono::test
