#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/y_websocket/session.hpp>
#include <unisono/server/detail/documents_endpoint.hpp>
#include <unisono/server/detail/rooms_service.hpp>
#include <unisono/server/detail/server_core.hpp>
#include <unisono/server/server.hpp>
#include <unisono/transport/websocket_inbox.hpp>
#include <unisono/wire/url.hpp>

#if defined(ASIO_HAS_CO_AWAIT)
#include <asio/co_spawn.hpp>
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <system_error>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL server::server(server_options options)
    : core_(std::make_unique<detail::server_core>(std::move(options))) {}

UNISONO_DECL server::server(asio::io_context& host, server_options options)
    : core_(std::make_unique<detail::server_core>(host, std::move(options))) {}

UNISONO_DECL server::~server() = default;

UNISONO_DECL void server::handle(std::string method, std::string_view pattern, http_handler handler) {
    core_->route(std::move(method), pattern, core_->guarded_writes(std::move(handler)));
}

namespace detail {

UNISONO_DECL std::shared_ptr<static_files const> open_folder(std::string const& folder,
                                                             static_file_options options) {
    auto opened = static_files::open(folder, std::move(options));
    if (!opened)
        throw std::system_error(opened.error(), "cannot serve files from " + folder);
    return std::make_shared<static_files const>(*std::move(opened));
}

} // namespace detail

UNISONO_DECL void server::files(std::string_view prefix, std::string const& folder,
                                static_file_options options) {
    auto const serve = [from = detail::open_folder(folder, std::move(options))](http_exchange exchange) {
        exchange.respond(from->serve(exchange.request(), exchange.parameter("path")));
    };
    while (prefix.ends_with('/'))
        prefix.remove_suffix(1);
    core_->route("GET", std::string{prefix} + "/", serve);
    core_->route("GET", std::string{prefix} + "/{path...}", serve);
}

UNISONO_DECL void server::file(std::string_view pattern, std::string const& path,
                               static_file_options options) {
    auto const slash = path.rfind('/');
    auto const folder = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
    core_->route("GET", pattern,
                 [from = detail::open_folder(folder, std::move(options)), name = path.substr(slash + 1)](
                     http_exchange exchange) { exchange.respond(from->serve(exchange.request(), name)); });
}

UNISONO_DECL void server::sse(std::string_view pattern,
                              std::function<void(http_exchange, sse_stream)> handler, sse_options options) {
    auto const open = core_->guarded([handler = std::move(handler), options](http_exchange exchange) {
        auto const stream = sse_stream::open(exchange, options);
        if (stream.is_open())
            handler(exchange, stream);
    });
    core_->route("GET", pattern, open);
    core_->route("POST", pattern, open);
    core_->route("OPTIONS", pattern, core_->preflight("GET, POST"));
}

UNISONO_DECL void server::feed(std::string_view pattern, sse_feed_options options) {
    core_->route("GET", pattern, core_->guarded([core = core_.get(), options](http_exchange exchange) {
        auto const where = core->index_of(exchange.home());
        if (auto const room = exchange.parameter("room"); !room.empty()) {
            serve_sse_feed(exchange, core->rooms(), where, room, options);
            return;
        }
        std::vector<std::string> names;
        for (auto& [name, value] : parse_query(exchange.request().query))
            if (name == "room")
                names.push_back(std::move(value));
        serve_sse_feed(exchange, core->rooms(), where, std::move(names), options);
    }));
    core_->route("OPTIONS", pattern, core_->preflight("GET"));
}

UNISONO_DECL void server::websocket(std::string_view pattern, websocket_callbacks callbacks,
                                    websocket_options options) {
    websocket(
        pattern,
        [callbacks = std::make_shared<websocket_callbacks const>(std::move(callbacks))](auto const&) {
            return std::make_unique<callback_handler>(callbacks);
        },
        std::move(options));
}

UNISONO_DECL void
server::websocket(std::string_view pattern,
                  std::function<std::unique_ptr<websocket_handler>(http_exchange const&)> make_handler,
                  websocket_options options) {
    core_->route(
        "GET", pattern,
        core_->guarded([make = std::move(make_handler), options = std::make_shared<websocket_options const>(
                                                            std::move(options))](http_exchange exchange) {
            (void)websocket_session::accept(exchange, make(exchange),
                                            options); // a refusal was answered
        }));
}

#if defined(ASIO_HAS_CO_AWAIT)
namespace detail {

/// What becomes of a coroutine's exception: the end of its stream is no news, anything else is.
UNISONO_DECL void report(logger& log, std::exception_ptr const& thrown) {
    if (!thrown)
        return;
    try {
        std::rethrow_exception(thrown);
    } catch (std::system_error const& e) {
        if (e.code() != std::errc::operation_canceled)
            log.write(severity::error, "server", "a coroutine threw", {{"reason", e.what()}});
    } catch (std::exception const& e) {
        log.write(severity::error, "server", "a coroutine threw", {{"reason", e.what()}});
    } catch (...) {
        log.write(severity::error, "server", "a coroutine threw");
    }
}

} // namespace detail

UNISONO_DECL void
server::sse_coroutine(std::string_view pattern,
                      std::function<asio::awaitable<void>(http_exchange, sse_stream)> handler,
                      sse_options options) {
    // Kept by the spawned work as well: a coroutine reads its lambda's captures until it ends.
    auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
    sse(pattern,
        std::function<void(http_exchange, sse_stream)>(
            [kept, &log = core_->log()](http_exchange exchange, sse_stream stream) {
                asio::co_spawn(stream.home().context(), (*kept)(std::move(exchange), stream),
                               [kept, stream, &log](std::exception_ptr thrown) {
                                   detail::report(log, thrown);
                                   stream.close();
                               });
            }),
        options);
}

UNISONO_DECL void server::websocket_coroutine(std::string_view pattern,
                                              std::function<asio::awaitable<void>(websocket_session)> handler,
                                              websocket_options options) {
    auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
    core_->route(
        "GET", pattern,
        core_->guarded([kept, options = std::move(options), &log = core_->log()](http_exchange exchange) {
            auto const session =
                websocket_session::accept(exchange, std::make_unique<websocket_inbox>(), options);
            if (!session)
                return;
            asio::co_spawn(session->home().context(), (*kept)(*session),
                           [kept, session = *session, &log](std::exception_ptr thrown) {
                               detail::report(log, thrown);
                               session.close(thrown ? close_code::internal_error : close_code::normal);
                           });
        }));
}
#endif

UNISONO_DECL native_server& server::rooms(std::string_view pattern, room_options options) {
    options.protocol.clock = &core_->time();
    if (options.documents) {
        options.protocol.documents = core_->documents();
        auto& largest = options.websocket.limits.max_message_size;
        auto const wanted = std::min<std::size_t>(native_longest_line(options.protocol), ~std::uint32_t{0});
        largest = std::max(largest, static_cast<std::uint32_t>(wanted));
    }
    auto const service = std::make_shared<detail::rooms_service>(core_->rooms(), std::move(options));
    core_->every(std::chrono::milliseconds{100},
                 [service](std::size_t index) { service->protocol().on_tick(index); });
    // Routes outlive the shards, so the protocol outlives its sessions.
    core_->route("GET", pattern, core_->guarded([service, core = core_.get()](http_exchange exchange) {
        service->serve_get(exchange, core->index_of(exchange.home()));
    }));
    core_->route("POST", pattern, core_->guarded([service, core = core_.get()](http_exchange exchange) {
        service->serve_post(exchange, core->index_of(exchange.home()));
    }));
    core_->route("OPTIONS", pattern, core_->preflight("GET, POST"));
    return service->protocol();
}

UNISONO_DECL void server::documents(std::string_view prefix, document_options options) {
    options.protocol.clock = &core_->time();
    options.websocket.tick = std::chrono::seconds{5}; // for the keep-alive
    while (prefix.ends_with('/'))
        prefix.remove_suffix(1);
    websocket(
        std::string{prefix} + "/{document...}",
        [documents = core_->documents(), protocol = options.protocol,
         core = core_.get()](http_exchange const& exchange) {
            return std::make_unique<detail::documents_endpoint<y_websocket_session>>(
                "y-websocket", [&](document_carrier& carrier) {
                    // A copy for the host's decision: the connection outlives its first request.
                    auto request =
                        protocol.hooks.authorise
                            ? std::make_shared<http_request const>(exchange.request().without_body())
                            : nullptr;
                    return std::make_shared<y_websocket_session>(
                        *documents, protocol, core->index_of(exchange.home()),
                        std::string{exchange.parameter("document")}, carrier, std::move(request));
                });
        },
        options.websocket);
}

UNISONO_DECL document_service& server::documents() {
    return *core_->documents();
}

UNISONO_DECL hocuspocus_server& server::hocuspocus(std::string_view pattern, hocuspocus_options options,
                                                   websocket_options websocket) {
    options.clock = &core_->time();
    websocket.tick = std::chrono::seconds{5}; // for the keep-alive
    auto const service =
        std::make_shared<hocuspocus_server>(*core_->documents(), core_->executors(), std::move(options));
    // Routes outlive the shards, so the protocol outlives its sessions.
    this->websocket(
        pattern,
        [service, core = core_.get()](http_exchange const& exchange) {
            return std::make_unique<detail::documents_endpoint<hocuspocus_session>>(
                "hocuspocus", [&](document_carrier& carrier) {
                    // A copy for the host's authentication: the connection outlives its first request.
                    auto request =
                        service->options().hooks.authenticate
                            ? std::make_shared<http_request const>(exchange.request().without_body())
                            : nullptr;
                    return service->open(core->index_of(exchange.home()), carrier, std::move(request));
                });
        },
        std::move(websocket));
    return *service;
}

UNISONO_DECL hub& server::rooms() noexcept {
    return core_->rooms();
}

UNISONO_DECL std::size_t server::index_of(shard const& home) const noexcept {
    return core_->index_of(home);
}

UNISONO_DECL result<void> server::start() {
    return core_->start();
}

UNISONO_DECL std::uint16_t server::port() const noexcept {
    return core_->port();
}

UNISONO_DECL void server::run() {
    core_->run();
}

UNISONO_DECL void server::drain(std::chrono::milliseconds deadline,
                                std::function<void(drain_report const&)> done) {
    core_->drain(deadline, std::move(done));
}

UNISONO_DECL void server::stop(std::function<void()> done) {
    drain(core_->options().shutdown_timeout, [done = std::move(done)](drain_report const&) {
        if (done)
            done();
    });
}

UNISONO_DECL bool server::draining() const noexcept {
    return core_->draining();
}

} // namespace unisono::inline v0
