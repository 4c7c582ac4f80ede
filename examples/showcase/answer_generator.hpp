#pragma once

#include "token_source.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

/// A stand-in for a language model: composes an answer about the prompt and tells it word by word, at a
/// model's pace.
///
/// One thread serves all answers.
class answer_generator final : public token_source {
public:
    answer_generator();
    ~answer_generator() override;

    void answer(std::string prompt, std::stop_token stop, listener tell) override;

    /// Answers being produced now.
    int active() const noexcept { return active_; }

private:
    struct job {
        std::vector<std::string> tokens; ///< what is left, last first
        std::stop_token stop;
        listener tell;
    };

    void work(std::stop_token const& quit);

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<job> jobs_;
    std::atomic<int> active_{0};
    std::jthread thread_;
};
