#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/clock.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/hub/subscriber.hpp>
#include <unisono/protocol/documents/carrier.hpp>
#include <unisono/protocol/documents/session.hpp>
#include <unisono/protocol/y_websocket/options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// One y-websocket conversation (the wire protocol of y-protocols over WebSocket binary frames) about one
/// document. Serves unmodified y-websocket clients: sync, awareness, queryAwareness.
///
/// Thread safety: all members on the session's shard. The carrier must live until on_closed(), the service
/// longer.
class y_websocket_session final : public subscriber,
                                  public std::enable_shared_from_this<y_websocket_session> {
public:
    /// `where` is the index of the session's shard.
    y_websocket_session(document_service const& documents, y_websocket_options const& options,
                        std::size_t where, std::string document, document_carrier& carrier);

    /// Joins the document. Closes at once when its name is not acceptable.
    void start();

    void on_binary(bytes_view frame);
    void on_text();
    void on_tick(clock::time_point now);
    void on_closed();

    void deliver(message_ptr const& m) override;

private:
    void on_sync(std::uint64_t type, bytes_view body);
    /// Asks, and calls `then(*this, document_answer const&)` unless it was refused, which ends the session.
    template <class Then>
    void ask(document_verb verb, bytes_view data, Then then);
    void send(payload frame);
    void refuse(close_code code, std::string_view reason);

    y_websocket_options options_;
    std::string name_;
    std::shared_ptr<document_session> document_;
    document_carrier* carrier_; ///< null when it is over
    clock::time_point sent_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/y_websocket/impl/session.ipp>
#endif
