#pragma once

#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"

#include <string_view>
#include <thread>
#include <utility>

namespace unisono::test {

/// A server on a free port, for as long as this lives. Routes are added to `app`; then start(), or the first
/// client, has a thread run() it.
///
/// What its handlers refer to must outlive it: a fixture that derives from it keeps that in a base before it.
class running_server {
public:
    explicit running_server(server_options options = {}) : app{on_free_port(std::move(options))} {}
    running_server(running_server const&) = delete;
    running_server& operator=(running_server const&) = delete;
    ~running_server() {
        if (!thread_.joinable())
            return;
        app.stop();
        app.stop(); // a client that is still there need not be told why
        thread_.join();
    }

    void start() {
        if (app.port() != 0)
            return;
        REQUIRE(app.start());
        thread_ = std::thread{[this] { app.run(); }};
    }
    /// Waits until run() has returned, as it does after app.stop() or app.drain().
    void join() { thread_.join(); }

    /// `receive_buffer`: see loopback_client.
    loopback_client connect(int receive_buffer = 0) {
        start();
        return loopback_client{app.port(), receive_buffer};
    }
    /// A client with an open WebSocket.
    loopback_client open(std::string_view path = "/ws", int receive_buffer = 0) {
        auto c = connect(receive_buffer);
        REQUIRE(c.open(path));
        return c;
    }
    /// A client whose request was answered 200, and whose answer goes on.
    loopback_client stream(std::string_view path, std::string_view fields = {}, int receive_buffer = 0) {
        auto c = connect(receive_buffer);
        c.send(loopback_client::request(path, fields));
        auto const head = c.read_response();
        REQUIRE(head.status == 200);
        return c;
    }

    server app;

private:
    static server_options on_free_port(server_options options) {
        options.port = 0;
        return options;
    }

    std::thread thread_;
};

} // namespace unisono::test
