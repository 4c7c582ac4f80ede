#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/logger.hpp>
#include <unisono/core/metrics.hpp>
#include <unisono/core/result.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/net/admission.hpp>
#include <unisono/net/shard.hpp>
#include <unisono/net/stream_filter.hpp>
#include <unisono/protocol/documents/options.hpp>
#include <unisono/protocol/documents/service.hpp>
#include <unisono/protocol/hocuspocus/server.hpp>
#include <unisono/protocol/native/server.hpp>
#include <unisono/protocol/y_websocket/options.hpp>
#include <unisono/security/origin.hpp>
#include <unisono/security/trusted_proxies.hpp>
#include <unisono/server/inspection.hpp>
#include <unisono/server/room_options.hpp>
#include <unisono/server/router.hpp>
#include <unisono/store/store.hpp>
#include <unisono/transport/http_connection.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/sse_feed.hpp>
#include <unisono/transport/sse_stream.hpp>
#include <unisono/transport/static_files.hpp>
#include <unisono/transport/websocket_callbacks.hpp>
#include <unisono/transport/websocket_session.hpp>

#include <asio/detail/config.hpp>
#if defined(ASIO_HAS_CO_AWAIT)
#include <asio/awaitable.hpp>
#endif

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace unisono::inline v0 {

namespace detail {
class server_core;
}

struct server_options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080; ///< 0: a free one; server::port() tells which
    std::size_t threads = 1;   ///< event loops, each with a thread of its own
    /// Where documents are kept; null: in memory, gone with the process.
    std::shared_ptr<document_store> store = nullptr;
    origin_policy origins = {}; ///< which web pages may connect
    /// Whether plain routes, too, refuse what foreign pages send with a method that may change something: any
    /// but GET, HEAD, OPTIONS and TRACE. Event streams and WebSockets always do.
    bool check_origin_of_writes = true;
    http_options http = {};
    /// What encrypts: tls_context::open(...).value() of unisono::tls. Null: plain HTTP.
    std::shared_ptr<stream_filter_source> tls = nullptr;
    connection_limits connections = {};
    /// Proxies in front of the server. Of what comes through them, exchange and session have the client's
    /// address (X-Forwarded-For) as their peer, and streams and WebSockets count for the client in
    /// `connections.per_peer`; plain requests do not, as they share the proxy's connections.
    trusted_proxies proxies = {};
    hub_options rooms = {}; ///< logs to `log` if not told otherwise
    /// Of all documents, whatever protocol they are served over; log and clock are the server's.
    document_service_options documents = {};
    std::chrono::milliseconds shutdown_timeout{8'000}; ///< for goodbyes; after it connections are cut
    logger* log = &null_logger();
    clock* time = &system_clock();
};

/// How shutting down went.
struct drain_report {
    std::size_t connections = 0; ///< when it began
    std::size_t cut = 0;         ///< of those, cut off because they did not leave in time
    std::chrono::milliseconds took{0};
};

struct document_options {
    y_websocket_options protocol = {};
    /// A first sync brings a document whole, in one message.
    websocket_options websocket = {.limits = {.max_message_size = 16 * 1024 * 1024}};
};

/// Says whether the sender of a request may have what it asks for. Called on the request's shard.
using access_guard = std::function<bool(http_exchange const&)>;

/// A whole server over the layers below: routes, rooms, documents, threads, orderly shutdown. Nothing in it
/// that a host could not wire itself.
///
/// Add routes, then run(). Handlers run on the shard of their connection; with more than one thread several
/// run at once, for different connections. Thread safety: drain(), stop(), draining(), port(), rooms() and
/// documents() from any thread; the rest before run().
class server {
public:
    explicit server(server_options options = {});

    /// Works on the host's event loop, which must outlive the server and be run by one thread;
    /// `options.threads` does not count. Then use start() and stop(), and let the loop run until stop()'s
    /// `done`.
    server(asio::io_context& host, server_options options = {});

    ~server();
    server(server const&) = delete;
    server& operator=(server const&) = delete;

    /// Routes; see router for patterns. The handler answers through the exchange, now or later.
    void get(std::string_view pattern, http_handler handler) { handle("GET", pattern, std::move(handler)); }
    void post(std::string_view pattern, http_handler handler) { handle("POST", pattern, std::move(handler)); }
    void handle(std::string method, std::string_view pattern, http_handler handler);

    /// Serves the files below `folder` under `prefix` ("/" or "/assets"). Throws std::system_error when the
    /// folder cannot be opened.
    void files(std::string_view prefix, std::string const& folder, static_file_options options = {});

    /// Serves one file, for pages behind routes with parameters. Throws as files().
    void file(std::string_view pattern, std::string const& path, static_file_options options = {});

    /// An event stream per GET or POST request.
    void sse(std::string_view pattern, std::function<void(http_exchange, sse_stream)> handler,
             sse_options options = {});

    /// The room named by the route's `{room}` as an event stream; without that in the pattern, the rooms that
    /// the query asks for, `/feed?room=a&room=b`, in one stream. See serve_sse_feed().
    void feed(std::string_view pattern, sse_feed_options options = {});

    /// WebSockets that the program speaks on itself.
    void websocket(std::string_view pattern, websocket_callbacks callbacks, websocket_options options = {});
    void websocket(std::string_view pattern,
                   std::function<std::unique_ptr<websocket_handler>(http_exchange const&)> make_handler,
                   websocket_options options = {});

#if defined(ASIO_HAS_CO_AWAIT)
    /// As coroutines. The stream or session is closed when the coroutine ends; what it throws is logged.
    template <class Handler>
    requires std::same_as<std::invoke_result_t<Handler&, http_exchange, sse_stream>, asio::awaitable<void>>
    void sse(std::string_view pattern, Handler handler, sse_options options = {}) {
        sse_coroutine(pattern, std::move(handler), options);
    }
    template <class Handler>
    requires std::same_as<std::invoke_result_t<Handler&, websocket_session>, asio::awaitable<void>>
    void websocket(std::string_view pattern, Handler handler, websocket_options options = {}) {
        websocket_coroutine(pattern, std::move(handler), std::move(options));
    }
#endif

    /// Rooms over the native protocol (docs/protocol.md): subscribe, publish, history, presence, typing. As a
    /// WebSocket, and for networks that block those as an event stream (or lines of JSON) and POST.
    /// The result lives as long as the server; with it the program speaks to users from any thread:
    /// `chat.disconnect("ann")`.
    native_server& rooms(std::string_view pattern, room_options options = {});

    /// Documents for unmodified y-websocket clients: `prefix` + "/" + document name, each let in by
    /// `options.protocol.hooks.authorise`. They are the same
    /// wherever they are served, also in channels; see room_options::documents.
    void documents(std::string_view prefix, document_options options = {});

    /// The documents themselves: to read and edit them, to change what clients may do, to remove them. First
    /// called before run(); then its members may be called from the threads they say.
    document_service& documents();

    /// The same documents for unmodified @hocuspocus/provider clients (2 to 4): any number of them on one
    /// WebSocket, each let in by `options.hooks.authenticate`. The result lives as long as the server; with
    /// it the program speaks to clients from any thread: `editors.broadcast_stateless("notes", "saved")`.
    hocuspocus_server& hocuspocus(std::string_view pattern, hocuspocus_options options = {},
                                  websocket_options websocket = document_options{}.websocket);

    /// Health for load balancers and orchestrators. `live` answers 200 while all event loops answer within a
    /// second, else 503: restart it. `ready` answers 200, or 503 while the server shuts down or its store
    /// fails: send clients elsewhere.
    void health(std::string_view live = "/healthz", std::string_view ready = "/readyz");

    /// The page Prometheus reads (docs/observability.md). `guard` says who may read it; none: everybody who
    /// can reach the port.
    void metrics(std::string_view pattern = "/metrics", access_guard guard = {});

    /// Shows the same figures to a host's own registry: `to` is called on a shard, then `done`. `to` must
    /// live until then. From any thread, after start().
    void visit_metrics(metric_visitor& to, std::function<void()> done);

    /// inspect() for people: as JSON, or as an event stream, one a second, for clients that accept that.
    /// Names rooms and addresses, so there is no default for who may look.
    void inspector(std::string_view pattern, access_guard guard);

    /// Looks at everything. `done` is called on a shard, after about a second when an event loop is stuck.
    /// From any thread, after start().
    void inspect(std::function<void(inspection)> done);

    /// The rooms, to publish from the program: `app.rooms().publish("orders/42", {...})`.
    hub& rooms() noexcept;

    /// The index of a shard, as hub::subscribe() wants it.
    std::size_t index_of(shard const& home) const noexcept;

    /// Binds and begins to accept. Errors: the address is malformed, taken or not allowed.
    result<void> start();

    /// The port it listens on; 0 before start().
    std::uint16_t port() const noexcept;

    /// start() unless that was done, serve until stop() or SIGINT or SIGTERM, then say goodbye to every
    /// client and store what is not stored yet. A second signal cuts that short. Throws std::system_error
    /// when it cannot start.
    void run();

    /// Begins to shut down: nobody new is let in, requests that still come on open connections get 503, and
    /// what was begun is finished. WebSockets get their protocol's goodbye and 1001, event streams a `retry`,
    /// each client at another moment of the first half of `deadline`, so that they do not come back all at
    /// once. Who is still here when it has passed is cut off, and so is everybody on a second call.
    ///
    /// Then run() returns; before that it calls `done`. On a host's loop `done` is called there, and may
    /// destroy the server.
    void drain(std::chrono::milliseconds deadline, std::function<void(drain_report const&)> done = {});

    /// drain() with server_options::shutdown_timeout.
    void stop(std::function<void()> done = {});

    /// drain() or stop() was called: readiness probes should fail.
    bool draining() const noexcept;

private:
#if defined(ASIO_HAS_CO_AWAIT)
    void sse_coroutine(std::string_view pattern,
                       std::function<asio::awaitable<void>(http_exchange, sse_stream)> handler,
                       sse_options options);
    void websocket_coroutine(std::string_view pattern,
                             std::function<asio::awaitable<void>(websocket_session)> handler,
                             websocket_options options);
#endif

    std::unique_ptr<detail::server_core> core_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/server/impl/server.ipp>
#include <unisono/server/impl/server_observation.ipp>
#endif
