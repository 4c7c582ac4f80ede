#pragma once

#include <unisono/core/config.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/security/cors.hpp>
#include <unisono/server/detail/reception.hpp>
#include <unisono/server/detail/server_core.hpp>
#include <unisono/store/store_memory.hpp>

#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <csignal>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
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
    observer_ = std::make_unique<observer>(shards_, *rooms_, *options_.time);
    every(std::chrono::minutes{1}, [this](std::size_t index) { rooms_->sweep(index); });
}

UNISONO_DECL std::shared_ptr<document_service> const& server_core::documents() {
    if (!documents_) {
        auto options = options_.documents;
        options.clock = options_.time;
        options.log = options_.log;
        documents_ = std::make_shared<document_service>(executors(), *options_.store, options);
        observer_->watch(*documents_);
        every(std::chrono::seconds{1}, [this](std::size_t index) { documents_->tick(index); });
    }
    return documents_;
}

UNISONO_DECL server_core::~server_core() {
    if (!threads_.empty()) {
        drain_time_ = options_.shutdown_timeout;
        shut_down();
    }
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
            !origin_allowed(headers.get("Origin"), headers.get("Host"), policy)) {
            exchange.home().metrics().origins_refused.add();
            exchange.respond(text_response("this origin may not connect here\n", 403));
        } else {
            if (!policy.allowed.empty())
                exchange.add_field("Vary", "Origin");
            if (auto const grant = grant_cors(headers.get("Origin"), policy)) {
                exchange.add_field("Access-Control-Allow-Origin", grant->origin);
                if (grant->credentials)
                    exchange.add_field("Access-Control-Allow-Credentials", "true");
            }
            handler(std::move(exchange));
        }
    };
}

UNISONO_DECL http_handler server_core::guarded_writes(http_handler handler) const {
    if (!options_.check_origin_of_writes)
        return handler;
    return [checked = guarded(handler), handler](http_exchange exchange) {
        auto const& method = exchange.request().method; // safe ones: RFC 9110, 9.2.1
        bool const safe = method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
        (safe ? handler : checked)(std::move(exchange));
    };
}

UNISONO_DECL http_handler server_core::preflight(std::string methods) const {
    return guarded([methods = std::move(methods)](http_exchange const& exchange) {
        exchange.respond(
            {.status = 204,
             .headers = {{"Allow", methods},
                         {"Access-Control-Allow-Methods", methods},
                         {"Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID"},
                         {"Access-Control-Max-Age", "7200"}}});
    });
}

UNISONO_DECL void server_core::name_client(http_exchange const& exchange) const {
    auto const& peer = exchange.link().peer_address();
    if (!options_.proxies.contains(peer))
        return;
    auto const hops = exchange.request().headers.combined("X-Forwarded-For");
    exchange.set_client(options_.proxies.client(peer, hops));
}

UNISONO_DECL result<void> server_core::start() {
    warn_of_few_descriptors();
    auto const handler = std::make_shared<http_handler const>([this](http_exchange exchange) {
        name_client(exchange);
        if (draining_.load(std::memory_order_relaxed)) { // somebody else may take it on
            auto refused = error_response(503);
            refused.headers.set("Retry-After", "1");
            exchange.respond(std::move(refused));
        } else {
            routes_.route(exchange);
        }
    });
    // In the clear it would not be understood as TLS.
    auto const reserve = std::make_shared<descriptor_reserve>(options_.tls ? "" : no_room);
    auto const places = std::make_shared<admission>(options_.connections);
    auto const on_accept = [&] {
        return [desk = std::make_shared<reception>(handler, options_.http, options_.tls, places, reserve,
                                                   options_.connections.handshakes, options_.proxies)](
                   shard& home, tcp_socket socket) { desk->receive(home, std::move(socket)); };
    };
    std::uint16_t port = options_.port;
    auto with = listener::sharing::exclusive;
    if (shards_.size() > 1) { // sharing would take in another process as well: a port in use must be an error
        auto const probe = listener::open(shards_[0], options_.address, port, with, {}, reserve);
        if (!probe)
            return probe.error();
        port = (*probe)->port();
        with = listener::sharing::reuse_port;
    }
    for (auto& s : shards_) {
        auto opened = listener::open(s, options_.address, port, with, on_accept(), reserve);
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
        drain(options_.shutdown_timeout, {});
        signals.async_wait(on_signal);
    };
    signals.async_wait(on_signal);

    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return stops_ > 0; });
    lock.unlock();
    shut_down();
}

UNISONO_DECL void server_core::warn_of_few_descriptors() const {
    constexpr rlim_t enough = 4096;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < enough)
        log().write(severity::warning, "server",
                    "few files may be open, and every connection is one (ulimit -n)",
                    {{"limit", files.rlim_cur}});
}

UNISONO_DECL void server_core::close_listeners() {
    for (std::size_t i = 0; i < listeners_.size(); ++i)
        shards_[i].post([l = listeners_[i]] { l->stop(); });
    listeners_.clear();
}

} // namespace unisono::inline v0::detail
