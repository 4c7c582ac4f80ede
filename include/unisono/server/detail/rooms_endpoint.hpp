#pragma once

#include <unisono/protocol/native/carrier.hpp>
#include <unisono/protocol/native/server.hpp>
#include <unisono/protocol/native/session.hpp>
#include <unisono/transport/websocket_handler.hpp>
#include <unisono/transport/websocket_session.hpp>
#include <unisono/wire/http_request.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace unisono::inline v0::detail {

/// A WebSocket below a native session.
class websocket_carrier final : public native_carrier {
public:
    explicit websocket_carrier(websocket_session session) : session_(std::move(session)) {}

    wire_form form() const noexcept override { return wire_form::native_websocket; }
    void reply(payload frame) override { session_.send_exempt(std::move(frame)); }
    bool push(payload frame) override { return session_.send_frame(std::move(frame)) != send_status::full; }
    bool push_message(message const& m, payload const& frame) override {
        return session_.send_form(m, frame, wire_form::native_websocket_deflate) != send_status::full;
    }
    void pause_receiving() override { session_.pause_receiving(); }
    void resume_receiving() override { session_.resume_receiving(); }
    void close(close_code code, std::string_view reason) override { session_.close(code, reason); }

private:
    websocket_session session_;
};

/// Joins a native conversation and the WebSocket it is held on.
class rooms_endpoint final : public websocket_handler {
public:
    rooms_endpoint(native_server& server, std::size_t where, std::shared_ptr<http_request const> request)
        : server_(server), where_(where), request_(std::move(request)) {}

    std::string_view kind() const noexcept override { return "native"; }
    void on_open(websocket_session const& s) override {
        conversation_ = server_.open(where_, std::make_unique<websocket_carrier>(s), std::move(request_));
    }
    void on_message(websocket_session const&, bytes_view data, bool binary) override {
        if (binary)
            conversation_->on_binary(data);
        else
            conversation_->on_text(as_text(data));
    }
    void on_drained(websocket_session const&) override { conversation_->on_drained(); }
    void on_tick(websocket_session const&, clock::time_point now) override { conversation_->on_tick(now); }
    void on_shutdown(websocket_session const&) override { conversation_->on_shutdown(); }
    void on_close(close_code, std::string_view) override {
        conversation_->on_closed();
        conversation_.reset(); // its carrier keeps the connection, which owns this
    }

private:
    native_server& server_;
    std::size_t where_;
    std::shared_ptr<http_request const> request_;
    std::shared_ptr<native_session> conversation_;
};

} // namespace unisono::inline v0::detail
