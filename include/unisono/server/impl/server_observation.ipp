#pragma once

#include <unisono/codec/prometheus.hpp>
#include <unisono/core/config.hpp>
#include <unisono/server/detail/inspector_feed.hpp>
#include <unisono/server/detail/server_core.hpp>
#include <unisono/server/server.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL http_handler behind(access_guard guard, http_handler handler) {
    if (!guard)
        return handler;
    return [guard = std::move(guard), handler = std::move(handler)](http_exchange exchange) {
        if (guard(exchange))
            handler(std::move(exchange));
        else
            exchange.respond(text_response("not for you\n", 403));
    };
}

/// Figures are of the moment: no cache may keep them.
UNISONO_DECL http_response fresh(http_response response) {
    response.headers.set("Cache-Control", "no-store");
    return response;
}

} // namespace detail

UNISONO_DECL void server::health(std::string_view live, std::string_view ready) {
    get(live, [core = core_.get()](http_exchange exchange) {
        core->watch().check_alive(core->index_of(exchange.home()), [exchange](bool alive) {
            exchange.respond(detail::fresh(alive ? text_response("alive\n")
                                                 : text_response("an event loop is stuck\n", 503)));
        });
    });
    get(ready, [core = core_.get()](http_exchange exchange) {
        exchange.respond(detail::fresh(core->draining() ? text_response("shutting down\n", 503)
                                       : !core->options().store->healthy()
                                           ? text_response("the store fails\n", 503)
                                           : text_response("ready\n")));
    });
}

UNISONO_DECL void server::metrics(std::string_view pattern, access_guard guard) {
    struct page {
        std::string text;
        prometheus_writer writer{text};
    };
    get(pattern, detail::behind(std::move(guard), [core = core_.get()](http_exchange exchange) {
            auto const made = std::make_shared<page>();
            core->watch().visit_metrics(core->index_of(exchange.home()), made->writer, [exchange, made] {
                auto response = text_response(std::move(made->text));
                response.headers.set("Content-Type", prometheus_writer::content_type);
                exchange.respond(detail::fresh(std::move(response)));
            });
        }));
}

UNISONO_DECL void server::visit_metrics(metric_visitor& to, std::function<void()> done) {
    core_->watch().visit_metrics(0, to, std::move(done));
}

UNISONO_DECL void server::inspect(std::function<void(inspection)> done) {
    core_->watch().inspect(0, std::move(done));
}

UNISONO_DECL void server::inspector(std::string_view pattern, access_guard guard) {
    if (!guard)
        throw std::invalid_argument("an inspector needs a guard");
    auto const feed = std::make_shared<detail::inspector_feed>(core_->watch(), core_->first_shard(), 0);
    core_->keep(feed);
    core_->every(std::chrono::seconds{1}, [feed](std::size_t index) {
        if (index == 0)
            feed->tick();
    });
    get(pattern,
        core_->guarded(detail::behind(std::move(guard), [feed, core = core_.get()](http_exchange exchange) {
            auto const accept = exchange.request().headers.get("Accept");
            if (accept.find("text/event-stream") != std::string_view::npos) {
                if (auto stream = sse_stream::open(exchange); stream.is_open())
                    feed->add(std::move(stream));
                return;
            }
            core->watch().inspect(core->index_of(exchange.home()), [exchange](inspection const& seen) {
                exchange.respond(detail::fresh(json_response(to_json(seen))));
            });
        })));
}

} // namespace unisono::inline v0
