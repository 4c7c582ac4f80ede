#pragma once

#include <unisono/transport/websocket_handler.hpp>
#include <unisono/transport/websocket_session.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

namespace unisono::inline v0 {

/// Keeps messages until somebody asks for them: what websocket_session::receive() reads from.
///
/// While more than a few are kept, nothing more is read, and TCP holds the peer back.
class websocket_inbox final : public websocket_handler {
public:
    static constexpr std::size_t high_water = 16;

    void on_message(websocket_session const& s, bytes_view data, bool binary) override;
    void on_close(close_code, std::string_view) override;

    /// The oldest message, if there is one.
    std::optional<websocket_message> take(websocket_session const& s);

    bool closed() const noexcept { return closed_; }

    /// Calls `then` when a message has come or the session is over. One waiter at a time.
    void when_ready(std::function<void()> then) { waiter_ = std::move(then); }

private:
    void wake() {
        if (waiter_)
            std::exchange(waiter_, {})();
    }

    std::deque<websocket_message> messages_;
    std::function<void()> waiter_;
    bool closed_ = false;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/detail/impl/websocket_connection.ipp>
#include <unisono/transport/impl/websocket_inbox.ipp>
#include <unisono/transport/impl/websocket_session.ipp>
#endif
