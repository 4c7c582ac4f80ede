#pragma once

#include <unisono/core/logger.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/net/listener.hpp>
#include <unisono/net/shard.hpp>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace unisono::test {

/// A shard whose loop runs in a thread, for as long as this lives.
class shard_thread {
public:
    explicit shard_thread(logger& log = null_logger())
        : home{system_clock(), log}, thread_{[this] { home.run(); }} {}
    shard_thread(shard_thread const&) = delete;
    shard_thread& operator=(shard_thread const&) = delete;
    ~shard_thread() {
        home.post([this] {
            home.abort_connections();
            home.post([this] { home.stop(); }); // when their handlers have been told
        });
        thread_.join();
    }

    /// What `work()` returns, done on the shard.
    template <class Work>
    auto ask(Work&& work) {
        std::packaged_task<decltype(work())()> task{std::forward<Work>(work)};
        home.post([&task] { task(); });
        return task.get_future().get();
    }

    /// Keeps the shard from doing anything until the result goes.
    auto pause() {
        std::promise<void> paused;
        auto end = std::make_shared<std::promise<void>>();
        home.post([&paused, until = end->get_future().share()] {
            paused.set_value();
            until.wait();
        });
        paused.get_future().wait();
        return std::shared_ptr<void>{nullptr, [end](void*) { end->set_value(); }};
    }

    /// A listener on a free port that has begun.
    std::shared_ptr<listener> listen(listener::accept_handler on_accept, std::string last_words = {}) {
        return ask([&] {
            auto opened =
                listener::open(home, "127.0.0.1", 0, listener::sharing::exclusive, std::move(on_accept),
                               std::make_shared<descriptor_reserve>(std::move(last_words)));
            (*opened)->start();
            return *std::move(opened);
        });
    }

    shard home;

private:
    std::thread thread_;
};

} // namespace unisono::test
