#pragma once

#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"

#include <thread>
#include <utility>

namespace unisono::test {

/// A server on a free port whose run() is under way in a thread, for as long as this lives.
struct running_server {
    server app;
    std::thread thread;

    template <class AddRoutes>
    running_server(server_options options, AddRoutes&& add_routes) : app{on_free_port(std::move(options))} {
        add_routes(app);
        REQUIRE(app.start());
        thread = std::thread{[this] { app.run(); }};
    }
    ~running_server() {
        app.stop();
        thread.join();
    }
    static server_options on_free_port(server_options options) {
        options.port = 0;
        return options;
    }
    loopback_client connect() { return loopback_client{app.port()}; }
};

} // namespace unisono::test
