#pragma once

#include <unisono/net/connection.hpp>
#include <unisono/transport/websocket_session.hpp>
#include <unisono/wire/detail/frame_rate.hpp>
#include <unisono/wire/websocket_decoder.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// The connection's side of a WebSocket.
class websocket_connection final : public connection_handler {
public:
    using shared_options = std::shared_ptr<websocket_options const>;

    /// `window_bits` as in websocket_compression::agreement; 0: there is none.
    websocket_connection(std::unique_ptr<websocket_handler> handler, shared_options options,
                         std::uint8_t window_bits)
        : handler_(std::move(handler)), options_(std::move(options)), window_bits_(window_bits) {}

    static result<websocket_session>
    accept(http_exchange const& exchange, std::unique_ptr<websocket_handler> handler, shared_options options);

    std::string_view kind() const noexcept override { return handler_->kind(); }
    void on_start(connection& c) override;
    void on_data(connection& c, mutable_bytes bytes) override;
    void on_drained(connection& c) override;
    void on_low_water(connection& c) override;
    void on_deadline(connection& c) override;
    void on_shutdown(connection& c) override;
    void on_closed(connection& c, std::error_code) override;

    void close(close_code code, std::string_view reason);

    /// What `frame` is compressed with for this peer; null: it goes as it is.
    websocket_compression const* compression_for(payload const& frame) const noexcept {
        return window_bits_ != 0 && fits_window(frame, window_bits_) ? options_->compression.get() : nullptr;
    }

    bool may_compress() const noexcept { return window_bits_ != 0; }

    void watch_drained(bool on) noexcept {
        watch_drained_ = on;
        link_->watch_drained(on || !pong_.empty());
    }

    connection& link() const noexcept { return *link_; }
    bool is_open() const noexcept { return !closing_.load(std::memory_order_relaxed) && link_->is_open(); }
    std::string const& subprotocol() const noexcept {
        static std::string const none;
        return subprotocol_ ? *subprotocol_ : none;
    }
    websocket_handler& handler() noexcept { return *handler_; }

private:
    static constexpr auto never = clock::time_point::max();

    websocket_session const& session() const noexcept { return session_; }
    void open();
    template <class Call>
    void guarded(connection& c, Call&& call);
    void fail(connection& c, std::string_view what);
    void handle(connection& c, websocket_event const& event);
    void handle_control(connection& c, websocket_event const& event);
    void answer_ping(connection& c, bytes_view body);
    void end(connection& c, close_code code, std::string_view reason);
    void cut_off(connection& c, close_code code, std::string_view reason);
    void set_next_deadline(connection& c, clock::time_point now);

    std::unique_ptr<websocket_handler> handler_;
    shared_options options_;
    std::unique_ptr<websocket_decoder>
        decoder_; ///< while a message or frame is not complete, and after the last
    connection* link_ = nullptr;
    websocket_session session_{nullptr};       ///< keeps the connection; until it is closed
    std::string const* subprotocol_ = nullptr; ///< one of the options'
    payload close_reason_;
    payload pong_; ///< answers the latest ping, when the outbox was not empty then
    clock::time_point received_{};
    std::uint64_t written_ = 0;     ///< when the deadline last passed
    clock::time_point next_ping_{}; ///< when closing: until when the peer may answer
    clock::time_point next_tick_{};
    clock::time_point message_deadline_ = never; ///< of the message that is coming in
    frame_rate control_frames_;
    close_code close_code_ = close_code::abnormal;
    std::atomic<bool> closing_{false}; ///< our close frame is queued
    bool opened_ = false;              ///< the handler was told
    bool watch_drained_ = true;        ///< the handler wants to know
    std::uint8_t window_bits_;
};

} // namespace unisono::inline v0::detail
