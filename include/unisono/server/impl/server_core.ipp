#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/server/detail/server_core.hpp>
#include <unisono/store/store_memory.hpp>

#include <asio/basic_waitable_timer.hpp>
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
    rooms_ = std::make_unique<hub>(executors(), options_.rooms);
    every(std::chrono::minutes{1}, [this](std::size_t index) { rooms_->sweep(index); });
}

UNISONO_DECL server_core::~server_core() {
    if (!threads_.empty())
        shut_down();
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
    auto const on_accept = [handler, options = options_.http](shard& home, tcp_socket socket) {
        http_connection::serve(home, std::move(socket), handler, options);
    };
    std::uint16_t port = options_.port;
    for (auto& s : shards_) {
        auto opened = listener::open(s, options_.address, port, on_accept);
        if (!opened) {
            close_listeners();
            return opened.error();
        }
        port = (*opened)->port(); // the first takes a free one, the others share it
        listeners_.push_back(*std::move(opened));
    }
    port_ = port;
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        shards_[i].post([l = listeners_[i]] { l->start(); });
        for (auto const& c : chores_)
            shards_[i].post([this, &c, i] { repeat(c, i); });
        if (!on_host_)
            threads_.emplace_back([this, i] { shards_[i].run(); });
    }
    return {};
}

UNISONO_DECL void server_core::repeat(chore const& c, std::size_t index) {
    auto const timer = std::make_shared<asio::steady_timer>(shards_[index].context(), c.interval);
    timer->async_wait([this, &c, index, timer](std::error_code ec) {
        if (ec)
            return;
        c.work(index);
        repeat(c, index);
    });
}

UNISONO_DECL void server_core::run() {
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
}

UNISONO_DECL void server_core::stop(std::function<void()> done) {
    {
        std::lock_guard const lock{mutex_};
        ++stops_;
    }
    changed_.notify_all();
    if (!on_host_)
        return;
    close_listeners();
    say_goodbye();
    if (done)
        shards_[0].post([this, done = std::move(done)] {
            auto const poll = std::make_shared<asio::steady_timer>(shards_[0].context());
            auto const deadline = std::chrono::steady_clock::now() + options_.shutdown_timeout;
            auto const check = std::make_shared<std::function<void()>>();
            *check = [this, poll, deadline, done, check] {
                if (shards_[0].connection_count() == 0 || std::chrono::steady_clock::now() >= deadline) {
                    shards_[0].abort_connections();
                    options_.store->close();
                    *check = {};
                    done();
                    return;
                }
                poll->expires_after(std::chrono::milliseconds{10});
                poll->async_wait([check](std::error_code) { (*check)(); });
            };
            (*check)();
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
