#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/clock.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/protocol/documents/carrier.hpp>
#include <unisono/protocol/documents/detail/silence.hpp>
#include <unisono/protocol/documents/reader.hpp>
#include <unisono/protocol/documents/session.hpp>
#include <unisono/protocol/hook.hpp>
#include <unisono/protocol/y_websocket/detail/frames.hpp>
#include <unisono/protocol/y_websocket/options.hpp>
#include <unisono/wire/http_request.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// One y-websocket conversation (the wire protocol of y-protocols over WebSocket binary frames) about one
/// document. Serves unmodified y-websocket clients: sync, awareness, queryAwareness, and the server's part of
/// auth.
///
/// Thread safety: all members on the session's shard. The carrier must live until on_closed(), the service
/// longer.
class y_websocket_session final : public document_reader,
                                  public std::enable_shared_from_this<y_websocket_session> {
public:
    /// `where` is the index of the session's shard. `request` is what opened the connection, for
    /// y_websocket_hooks::authorise.
    y_websocket_session(document_service const& documents, y_websocket_options const& options,
                        std::size_t where, std::string document, document_carrier& carrier,
                        std::shared_ptr<http_request const> request = nullptr);

    /// Joins the document, if the host lets it. Closes at once when its name is not acceptable.
    void start();

    void on_binary(bytes_view frame);
    void on_text();
    void on_tick(clock::time_point now);
    /// There is room again after document_carrier::relay() had none.
    void on_room();
    void on_closed();

    void deliver(message_ptr const& m) override;
    void on_notice(document_notice const& notice) override;

private:
    void enter(result<document_grant> const& grant);
    void receive(bytes_view frame);
    void on_sync(std::uint64_t type, bytes_view body);
    /// Calls `then(*this, document_answer const&)` unless what was asked was refused, which ends the session.
    template <class Then>
    document_done answered(Then then);
    /// The same for something asked now.
    template <class Then>
    void ask(document_verb verb, bytes_view data, Then then);
    /// Sends what the client lacks; `last` says what the end of it is.
    void send_missing(document_answer const& a, detail::y_sync last);
    void tell_awareness(document_answer const& a);
    void send(payload frame, std::size_t more = 0);
    void deny(std::string_view reason);
    void refuse(close_code code, std::string_view reason);

    document_service const& documents_;
    y_websocket_options options_;
    std::size_t where_;
    std::string name_;
    std::shared_ptr<http_request const> request_; ///< until the host has decided
    std::shared_ptr<detail::reply_gate> gate_;
    std::shared_ptr<document_session> document_; ///< null until the host has decided
    std::vector<byte_buffer> waiting_;           ///< what came before
    std::size_t waiting_bytes_ = 0;
    document_carrier* carrier_; ///< null when it is over
    detail::silence silence_;   ///< of the server's side
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/y_websocket/impl/session.ipp>
#endif
