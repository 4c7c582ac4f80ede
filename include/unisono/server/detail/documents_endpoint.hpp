#pragma once

#include <unisono/protocol/documents/carrier.hpp>
#include <unisono/transport/websocket_handler.hpp>
#include <unisono/transport/websocket_session.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace unisono::inline v0::detail {

/// Joins a conversation about documents and the WebSocket it is held on.
template <class Conversation>
class documents_endpoint final : public websocket_handler, public document_carrier {
public:
    /// `kind` is static. `make(document_carrier&)` returns the conversation.
    template <class Make>
    documents_endpoint(std::string_view kind, Make&& make)
        : kind_(kind), conversation_(std::forward<Make>(make)(*this)) {}

    std::string_view kind() const noexcept override { return kind_; }
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
    void on_low_water(websocket_session const&) override { conversation_->on_room(); }
    void on_close(close_code, std::string_view) override {
        conversation_->on_closed();
        session_.reset(); // it keeps the connection, which owns this
    }

private:
    void reply(payload frame, std::size_t more) override {
        if (!answer(frame, more))
            close(close_code::try_again_later, "answers are not read");
    }
    bool relay(payload const& frame, std::chrono::milliseconds pace) override {
        // A change larger than the bound itself is held to the bound for answers.
        return (frame.size() > session_->outbox_limit() && answer(frame, 0)) ||
               session_->send_frame(frame, overflow::refuse, 0, pace) != send_status::full;
    }
    /// A first sync may be larger than the outbox. Many, asked for and never read, may not add up: false.
    bool answer(payload const& frame, std::size_t more) {
        largest_answer_ = std::max(largest_answer_, frame.size() + more);
        auto const bound = 4 * std::max(largest_answer_, session_->outbox_limit());
        if (session_->exempt_bytes() + frame.size() > bound)
            return false;
        session_->send_exempt(frame);
        return true;
    }
    void close(close_code code, std::string_view reason) override { session_->close(code, reason); }

    std::string_view kind_;
    std::shared_ptr<Conversation> conversation_;
    std::optional<websocket_session> session_;
    std::size_t largest_answer_ = 0;
};

} // namespace unisono::inline v0::detail
