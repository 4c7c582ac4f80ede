#pragma once

#include <unisono/net/shard.hpp>

#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// How long a shard may take to answer before it counts as stuck.
inline constexpr std::chrono::seconds answer_time{1};

/// Asks every shard something and calls `done(answers)` on shard `at` once, when all have answered or
/// `answer_time` has passed; the answers of stuck shards are missing. `ask(index)` runs on the shard asked.
/// From any thread.
template <class Answer>
void gather(std::deque<shard>& shards, std::size_t at, std::function<Answer(std::size_t)> ask,
            std::function<void(std::vector<std::optional<Answer>>)> done) {
    struct state {
        std::vector<std::optional<Answer>> answers;
        std::size_t missing;
        std::function<void(std::vector<std::optional<Answer>>)> done;
        asio::steady_timer timer;

        state(std::size_t count, std::function<void(std::vector<std::optional<Answer>>)> d, shard& home)
            : answers(count), missing(count), done(std::move(d)), timer(home.context(), answer_time) {}
        void finish() {
            if (auto const call = std::exchange(done, nullptr))
                call(std::move(answers));
        }
    };
    shards[at].post([&shards, at, ask = std::move(ask), done = std::move(done)]() mutable {
        auto const all = std::make_shared<state>(shards.size(), std::move(done), shards[at]);
        all->timer.async_wait([all](std::error_code ec) {
            if (!ec)
                all->finish();
        });
        for (std::size_t i = 0; i < shards.size(); ++i)
            shards[i].post([&shards, at, i, ask, all] {
                shards[at].dispatch([all, i, answer = ask(i)]() mutable {
                    if (!all->done) // too late
                        return;
                    all->answers[i] = std::move(answer);
                    if (--all->missing == 0) {
                        all->timer.cancel();
                        all->finish();
                    }
                });
            });
    });
}

} // namespace unisono::inline v0::detail
