#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/websocket_connection.hpp>
#include <unisono/transport/websocket_inbox.hpp>

namespace unisono::inline v0 {

UNISONO_DECL void websocket_inbox::on_message(websocket_session const& s, bytes_view data, bool binary) {
    messages_.push_back({std::string{as_text(data)}, binary});
    if (messages_.size() == high_water)
        s.pause_receiving();
    wake();
}

UNISONO_DECL void websocket_inbox::on_close(close_code, std::string_view) {
    closed_ = true;
    wake();
}

UNISONO_DECL std::optional<websocket_message> websocket_inbox::take(websocket_session const& s) {
    if (messages_.empty())
        return std::nullopt;
    std::optional<websocket_message> oldest{std::move(messages_.front())};
    messages_.pop_front();
    if (messages_.size() + 1 == high_water)
        s.resume_receiving();
    return oldest;
}

} // namespace unisono::inline v0
