#pragma once

#include <unisono/core/executor.hpp>

#include <cstddef>
#include <deque>
#include <utility>

namespace unisono::inline v0 {

/// An executor that runs tasks when told: for tests and simulations, on one thread.
class manual_executor final : public executor {
public:
    void post(task work) override { queue_.push_back(std::move(work)); }
    bool running_here() const noexcept override { return running_; }

    /// Runs the oldest task. False when there is none.
    bool run_one() {
        if (queue_.empty())
            return false;
        task work = std::move(queue_.front());
        queue_.pop_front();
        running_ = true;
        work();
        running_ = false;
        return true;
    }

    /// Runs tasks until none is left, also those that tasks add. Returns how many ran.
    std::size_t run() {
        std::size_t count = 0;
        while (run_one())
            ++count;
        return count;
    }

private:
    std::deque<task> queue_;
    bool running_ = false;
};

} // namespace unisono::inline v0
