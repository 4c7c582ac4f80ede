#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/hub/message.hpp>

#include <cstdint>
#include <string_view>

namespace unisono::inline v0::detail {

/// The number behind the address of a Hocuspocus message. Others are between servers, or not in use.
enum class hocuspocus_message : std::uint8_t {
    sync = 0,
    awareness = 1,
    auth = 2,
    query_awareness = 3,
    stateless = 5,
    broadcast_stateless = 6, ///< between servers
    close = 7,
    sync_status = 8,
};

/// The number behind hocuspocus_message::auth. Not that of y-protocols.
enum class hocuspocus_auth : std::uint8_t { token = 0, denied = 1, authenticated = 2 };

/// The number behind hocuspocus_message::sync (y-protocols/sync).
enum class hocuspocus_sync : std::uint8_t { step1 = 0, step2 = 1, update = 2 };

// Whole WebSocket frames. `address` is the one the client uses; texts are UTF-8.
payload hocuspocus_sync_frame(std::string_view address, hocuspocus_sync step, bytes_view body);
payload hocuspocus_awareness_frame(std::string_view address, bytes_view update);
payload hocuspocus_query_frame(std::string_view address);
payload hocuspocus_denied_frame(std::string_view address, std::string_view reason);
payload hocuspocus_authenticated_frame(std::string_view address, bool may_edit);
payload hocuspocus_token_request_frame(std::string_view address);
payload hocuspocus_stateless_frame(std::string_view address, std::string_view message);
payload hocuspocus_close_frame(std::string_view address, std::string_view reason);
payload hocuspocus_status_frame(std::string_view address, bool stored);

/// Data that has no effect, for clients that reconnect when no data comes: addressed to a document that does
/// not exist, so it concerns whatever is open.
payload hocuspocus_keep_alive_frame();

/// The frame that relays a document's message: made once for all who address the document by its name.
payload hocuspocus_relay_frame(std::string_view address, message const& m);

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/hocuspocus/detail/impl/frames.ipp>
#endif
