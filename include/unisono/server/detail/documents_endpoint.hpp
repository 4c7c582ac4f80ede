#pragma once

#include <unisono/protocol/y_websocket.hpp>
#include <unisono/transport/websocket_handler.hpp>
#include <unisono/transport/websocket_session.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace unisono::inline v0::detail {

/// Joins a y-websocket conversation and the WebSocket it is held on.
class documents_endpoint final : public websocket_handler, public y_websocket_carrier {
public:
    documents_endpoint(y_websocket_server& server, std::size_t where, std::string document)
        : conversation_(std::make_shared<y_websocket_session>(server, where, std::move(document), *this)) {}

    void on_open(websocket_session const& s) override {
        session_ = s;
        conversation_->start();
    }
    void on_message(websocket_session const&, bytes_view data, bool binary) override {
        if (binary)
            conversation_->on_binary(data);
        else
            conversation_->on_text();
    }
    void on_tick(websocket_session const&, clock::time_point now) override { conversation_->on_tick(now); }
    void on_close(close_code, std::string_view) override {
        conversation_->on_closed();
        session_.reset(); // it keeps the connection, which owns this
    }

private:
    void reply(payload frame) override { session_->send_exempt(std::move(frame)); }
    bool relay(payload const& frame) override { return session_->send_frame(frame) != send_status::full; }
    void close(close_code code, std::string_view reason) override { session_->close(code, reason); }

    std::shared_ptr<y_websocket_session> conversation_;
    std::optional<websocket_session> session_;
};

} // namespace unisono::inline v0::detail
