#pragma once

#include <unisono/transport/websocket_handler.hpp>
#include <unisono/transport/websocket_session.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace unisono::inline v0 {

/// A conversation as functions, any of which may be empty.
struct websocket_callbacks {
    std::function<void(websocket_session const&)> on_open = {};
    std::function<void(websocket_session const&, bytes_view data, bool binary)> on_message = {};
    std::function<void(close_code, std::string_view reason)> on_close = {};
};

/// The handler that calls them.
class callback_handler final : public websocket_handler {
public:
    explicit callback_handler(websocket_callbacks callbacks)
        : callbacks_(std::make_shared<websocket_callbacks const>(std::move(callbacks))) {}

    /// Several sessions may share theirs.
    explicit callback_handler(std::shared_ptr<websocket_callbacks const> callbacks)
        : callbacks_(std::move(callbacks)) {}

    void on_open(websocket_session const& s) override {
        if (callbacks_->on_open)
            callbacks_->on_open(s);
    }
    void on_message(websocket_session const& s, bytes_view data, bool binary) override {
        if (callbacks_->on_message)
            callbacks_->on_message(s, data, binary);
    }
    void on_close(close_code code, std::string_view reason) override {
        // Let go first: functions that captured their own session would keep it for ever.
        auto const last = std::exchange(callbacks_, {});
        if (last && last->on_close)
            last->on_close(code, reason);
    }

private:
    std::shared_ptr<websocket_callbacks const> callbacks_;
};

} // namespace unisono::inline v0
