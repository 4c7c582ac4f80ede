#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/clock.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/protocol/documents/carrier.hpp>
#include <unisono/protocol/documents/detail/silence.hpp>
#include <unisono/protocol/hocuspocus/detail/core.hpp>
#include <unisono/protocol/hook.hpp>
#include <unisono/wire/http_request.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

namespace detail {
class hocuspocus_document;
}

/// One WebSocket of a Hocuspocus client (the wire protocol of @hocuspocus/provider 2 to 4), with any number
/// of documents on it. Made by hocuspocus_server::open().
///
/// Thread safety: all members on the session's shard. The carrier must live until on_closed().
class hocuspocus_session {
public:
    hocuspocus_session(detail::hocuspocus_core& core, std::size_t where, document_carrier& carrier,
                       std::shared_ptr<http_request const> request);
    ~hocuspocus_session();
    hocuspocus_session(hocuspocus_session const&) = delete;
    hocuspocus_session& operator=(hocuspocus_session const&) = delete;

    /// The connection is open: the time to authenticate begins.
    void start();

    void on_binary(bytes_view frame);
    void on_text();
    void on_tick(clock::time_point now);
    /// There is room again after document_carrier::relay() had none.
    void on_room();
    void on_closed();

private:
    friend class detail::hocuspocus_document;
    using document_ptr = std::shared_ptr<detail::hocuspocus_document>;

    document_ptr begin(std::string_view address, bytes_view message);
    void reply(payload frame, std::size_t more = 0);
    bool relay(payload const& frame, std::chrono::milliseconds pace = {}); ///< false when there is no room
    void close_as_slow();
    void close(close_code code, std::string_view reason);
    void part_all(bool broke_rules);
    std::shared_ptr<publisher const> publisher_for(std::string const& user);

    detail::hocuspocus_core& core_;
    std::size_t where_;
    document_carrier* carrier_; ///< null when it is over
    std::shared_ptr<http_request const> request_;
    std::shared_ptr<detail::reply_gate> gate_;
    std::map<std::string, document_ptr, std::less<>> documents_; ///< by address
    std::string id_;                                             ///< once somebody has to be told
    std::size_t waiting_bytes_ = 0;                              ///< kept by all documents
    bool admitted_ = false;                                      ///< to a document, at least once
    clock::time_point opened_{};
    detail::silence silence_; ///< of the server's side
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// The definitions need both classes, whichever header comes first.
#include <unisono/protocol/hocuspocus/detail/document.hpp>
#include <unisono/protocol/hocuspocus/impl/session.ipp>
#endif
