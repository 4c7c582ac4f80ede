#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/net/listener.hpp>
#include <unisono/net/shard.hpp>
#include <unisono/protocol/documents/service.hpp>
#include <unisono/server/detail/observer.hpp>
#include <unisono/server/router.hpp>
#include <unisono/server/server.hpp>

#include <asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace unisono::inline v0::detail {

/// What a server is made of.
class server_core {
public:
    explicit server_core(server_options options);
    server_core(asio::io_context& host, server_options options);
    ~server_core();

    void route(std::string method, std::string_view pattern, http_handler handler);

    /// Wraps a handler so that pages of foreign origins get 403, and those that are allowed may read the
    /// answer.
    http_handler guarded(http_handler handler) const;

    /// The same for requests that may change something, unless the options say otherwise.
    http_handler guarded_writes(http_handler handler) const;

    /// Answers what a browser asks before it lets a foreign page send such a request (CORS preflight).
    http_handler preflight(std::string methods) const;

    result<void> start();
    void run();
    void drain(std::chrono::milliseconds deadline, std::function<void(drain_report const&)> done);
    bool draining() const noexcept { return draining_.load(std::memory_order_relaxed); }

    server_options const& options() const noexcept { return options_; }
    hub& rooms() noexcept { return *rooms_; }
    shard& first_shard() noexcept { return shards_.front(); }
    observer& watch() noexcept { return *observer_; }

    /// Made when it is first asked for. Before start().
    std::shared_ptr<document_service> const& documents();
    std::size_t index_of(shard const& s) const noexcept;
    std::vector<executor*> executors();
    clock& time() const noexcept { return *options_.time; }
    logger& log() const noexcept { return *options_.log; }
    std::uint16_t port() const noexcept { return port_; }

    /// Something that lives as long as the server: protocols' shared state.
    void keep(std::shared_ptr<void> what) { kept_.push_back(std::move(what)); }

    /// `work(index)` is called on every shard about every `interval`. Before start().
    void every(std::chrono::milliseconds interval, std::function<void(std::size_t index)> work) {
        chores_.push_back({interval, std::move(work)});
    }

private:
    void open_house();
    void name_client(http_exchange const& exchange) const;
    struct chore {
        std::chrono::milliseconds interval;
        std::function<void(std::size_t)> work;
    };
    void repeat(chore const& c, std::size_t index, asio::steady_timer& timer);
    void close_listeners();
    void say_goodbye();
    void shut_down();
    bool everyone_gone();
    void settle();
    bool hurried();
    void await_goodbyes();
    void report_drained();
    void warn_of_few_descriptors() const;

    server_options options_;
    router routes_;
    std::deque<shard> shards_;
    std::unique_ptr<hub> rooms_;
    std::unique_ptr<observer> observer_;
    std::shared_ptr<document_service> documents_;
    std::vector<std::shared_ptr<void>> kept_;
    std::vector<chore> chores_;
    std::deque<asio::steady_timer> timers_; ///< of every chore on every shard
    std::vector<std::shared_ptr<listener>> listeners_;
    std::vector<std::thread> threads_;
    std::atomic<std::uint16_t> port_{0};
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    int stops_ = 0;                           ///< how often we were asked to stop
    std::chrono::milliseconds drain_time_{0}; ///< for goodbyes
    std::chrono::steady_clock::time_point drain_deadline_{};
    std::vector<std::function<void(drain_report const&)>> when_drained_;
    bool drained_ = false;
    drain_report report_; ///< once drained_
    std::chrono::steady_clock::time_point drain_began_{};
    std::atomic<std::size_t> connected_{0}; ///< when the goodbyes began
    std::atomic<std::size_t> cut_{0};
    std::atomic<bool> draining_{false};
    bool on_host_ = false;
    std::shared_ptr<void> alive_ = std::make_shared<char>(); ///< for timers left on a host's loop
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/server/impl/server_core.ipp>
#include <unisono/server/impl/server_drain.ipp>
#endif
