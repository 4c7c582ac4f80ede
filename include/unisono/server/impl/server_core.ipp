#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/server/detail/server_core.hpp>
#include <unisono/store/store_memory.hpp>

#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <csignal>
#include <future>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL server_core::server_core(server_options options) : options_(std::move(options)) {
    if (options_.threads == 0)
        throw std::invalid_argument("a server needs at least one thread");
    for (std::size_t i = 0; i < options_.threads; ++i)
        shards_.emplace_back(*options_.time, *options_.log);
    open_house();
}

UNISONO_DECL server_core::server_core(asio::io_context& host, server_options options)
    : options_(std::move(options)), on_host_(true) {
    shards_.emplace_back(host, *options_.time, *options_.log);
    open_house();
}

UNISONO_DECL void server_core::open_house() {
    if (!options_.store)
        options_.store = std::make_shared<memory_store>();
    if (options_.rooms.log == &null_logger())
        options_.rooms.log = options_.log;
    rooms_ = std::make_unique<hub>(executors(), options_.rooms);
    every(std::chrono::minutes{1}, [this](std::size_t index) { rooms_->sweep(index); });
}

UNISONO_DECL server_core::~server_core() {
    if (!threads_.empty())
        shut_down();
    if (on_host_) { // its loop does not run now, or we are in one of its tasks
        for (auto const& l : listeners_)
            l->stop();
        shards_[0].end_connections();
    }
    options_.store->close();
}

UNISONO_DECL std::vector<executor*> server_core::executors() {
    std::vector<executor*> all;
    for (auto& s : shards_)
        all.push_back(&s);
    return all;
}

UNISONO_DECL std::size_t server_core::index_of(shard const& s) const noexcept {
    std::size_t index = 0;
    while (&shards_[index] != &s)
        ++index;
    return index;
}

UNISONO_DECL void server_core::route(std::string method, std::string_view pattern, http_handler handler) {
    routes_.add(std::move(method), pattern, std::move(handler));
}

UNISONO_DECL http_handler server_core::guarded(http_handler handler) const {
    return [policy = options_.origins, handler = std::move(handler)](http_exchange exchange) {
        auto const& headers = exchange.request().headers;
        if (headers.count("Origin") > 1 ||
            !origin_allowed(headers.get("Origin"), headers.get("Host"), policy))
            exchange.respond(text_response("this origin may not connect here\n", 403));
        else
            handler(std::move(exchange));
    };
}

UNISONO_DECL result<void> server_core::start() {
    auto const handler =
        std::make_shared<http_handler const>([this](http_exchange exchange) { routes_.route(exchange); });
    auto const on_accept = [handler, options = options_.http, tls = options_.tls](shard& home,
                                                                                  tcp_socket socket) {
        auto filter = tls ? tls->make() : nullptr;
        if (tls && !filter) // no memory: never in the clear instead
            return;
        http_connection::serve(home, std::move(socket), handler, options, std::move(filter));
    };
    std::uint16_t port = options_.port;
    auto with = listener::sharing::exclusive;
    if (shards_.size() > 1) { // sharing would take in another process as well: a port in use must be an error
        auto const probe = listener::open(shards_[0], options_.address, port, with, {});
        if (!probe)
            return probe.error();
        port = (*probe)->port();
        with = listener::sharing::reuse_port;
    }
    for (auto& s : shards_) {
        auto opened = listener::open(s, options_.address, port, with, on_accept);
        if (!opened) {
            close_listeners();
            return opened.error();
        }
        port = (*opened)->port();
        listeners_.push_back(*std::move(opened));
    }
    port_ = port;
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        shards_[i].post([l = listeners_[i]] { l->start(); });
        for (auto const& c : chores_)
            shards_[i].post(
                [this, &c, i, &timer = timers_.emplace_back(shards_[i].context())] { repeat(c, i, timer); });
        if (!on_host_)
            threads_.emplace_back([this, i] { shards_[i].run(); });
    }
    return {};
}

UNISONO_DECL void server_core::repeat(chore const& c, std::size_t index, asio::steady_timer& timer) {
    timer.expires_after(c.interval);
    timer.async_wait([this, &c, index, &timer, alive = std::weak_ptr{alive_}](std::error_code ec) {
        if (ec || alive.expired())
            return;
        c.work(index);
        repeat(c, index, timer);
    });
}

UNISONO_DECL void server_core::run() {
    if (on_host_)
        throw std::logic_error("on a host's loop a server is started, and the host runs the loop");
    if (auto started = threads_.empty() ? start() : result<void>{}; !started)
        throw std::system_error(started.error(),
                                "cannot listen on " + options_.address + ":" + std::to_string(options_.port));
    asio::signal_set signals(shards_[0].context(), SIGINT, SIGTERM);
    std::function<void(std::error_code, int)> const on_signal = [&](std::error_code ec, int) {
        if (ec)
            return;
        stop({});
        signals.async_wait(on_signal);
    };
    signals.async_wait(on_signal);

    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return stops_ > 0; });
    lock.unlock();
    shut_down();
}

UNISONO_DECL void server_core::shut_down() {
    close_listeners();
    say_goodbye();
    auto const deadline = std::chrono::steady_clock::now() + options_.shutdown_timeout;
    std::unique_lock lock{mutex_};
    while (stops_ <= 1 && std::chrono::steady_clock::now() < deadline) {
        lock.unlock();
        bool const done = everyone_gone();
        lock.lock();
        if (done)
            break;
        changed_.wait_for(lock, std::chrono::milliseconds{10}, [&] { return stops_ > 1; });
    }
    lock.unlock();
    options_.store->close(); // its last completions are posted before the loops stop
    for (auto& s : shards_)
        s.post([&s] {
            s.abort_connections();
            s.post([&s] { s.stop(); });
        });
    for (auto& t : threads_)
        t.join();
    threads_.clear();
    settle();
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

UNISONO_DECL void server_core::stop(std::function<void()> done) {
    {
        std::lock_guard const lock{mutex_};
        ++stops_;
    }
    changed_.notify_all();
    if (on_host_)
        shards_[0].post([this, done = std::move(done)]() mutable {
            close_listeners();
            say_goodbye();
            await_goodbyes(std::chrono::steady_clock::now() + options_.shutdown_timeout, std::move(done));
        });
}

UNISONO_DECL void server_core::await_goodbyes(std::chrono::steady_clock::time_point deadline,
                                              std::function<void()> done) {
    auto const hurried = [&] {
        std::lock_guard const lock{mutex_};
        return stops_ > 1;
    };
    auto& home = shards_[0];
    if (hurried() || std::chrono::steady_clock::now() >= deadline)
        home.abort_connections();
    if (home.connection_count() == 0) {
        options_.store->close();
        if (done)
            home.post(std::move(done)); // behind the store's last completions
        return;
    }
    auto const timer = std::make_shared<asio::steady_timer>(home.context(), std::chrono::milliseconds{10});
    timer->async_wait([this, deadline, done = std::move(done), timer,
                       alive = std::weak_ptr{alive_}](std::error_code ec) mutable {
        if (!ec && !alive.expired())
            await_goodbyes(deadline, std::move(done));
    });
}

UNISONO_DECL void server_core::close_listeners() {
    for (std::size_t i = 0; i < listeners_.size(); ++i)
        shards_[i].post([l = listeners_[i]] { l->stop(); });
    listeners_.clear();
}

UNISONO_DECL void server_core::say_goodbye() {
    for (auto& s : shards_)
        s.post([&s] { s.shut_down_connections(); });
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

} // namespace unisono::inline v0::detail
