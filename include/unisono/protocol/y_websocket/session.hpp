#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/clock.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/hub/subscriber.hpp>
#include <unisono/hub/subscription.hpp>
#include <unisono/protocol/y_websocket/carrier.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

namespace detail {
class y_documents;
}

class y_websocket_server;

/// One y-websocket conversation about one document.
///
/// Thread safety: all members on the session's shard. The carrier must live until on_closed().
class y_websocket_session final : public subscriber,
                                  public std::enable_shared_from_this<y_websocket_session> {
public:
    y_websocket_session(y_websocket_server& server, std::size_t where, std::string document,
                        y_websocket_carrier& carrier);

    /// Joins the document. Closes at once when its name is not acceptable.
    void start();

    void on_binary(bytes_view frame);
    void on_text();
    void on_tick(clock::time_point now);
    void on_closed();

    void deliver(message_ptr const& m) override;

private:
    friend class detail::y_documents;
    void send(payload frame);
    void refuse(close_code code, std::string_view reason);

    std::shared_ptr<detail::y_documents> documents_;
    std::size_t where_;
    std::string document_;
    y_websocket_carrier* carrier_;
    subscription subscription_;
    bool joined_ = false;
    std::vector<payload> early_; ///< frames that came before it had joined
    std::size_t early_bytes_ = 0;
    clock::time_point sent_{};
    std::uint64_t id_;
    std::atomic<bool> dismissed_{false}; ///< it is being closed: on its shard and the document's
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/y_websocket/impl/session.ipp>
#endif
