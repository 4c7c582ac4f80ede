#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/hub/message.hpp>

#include <cstdint>
#include <string_view>

namespace unisono::inline v0::detail {

/// The first number of a y-websocket message.
enum class y_message : std::uint8_t { sync = 0, awareness = 1, auth = 2, query_awareness = 3 };

/// The number behind y_message::sync (y-protocols/sync).
enum class y_sync : std::uint8_t { step1 = 0, step2 = 1, update = 2 };

/// Whole WebSocket frames.
payload y_sync_frame(y_sync type, bytes_view body);
payload y_awareness_frame(bytes_view update);

/// y-protocols/auth: permission denied. `reason` is UTF-8.
payload y_denied_frame(std::string_view reason);

/// An awareness update about nobody: data that has no effect, for clients that reconnect when no data comes.
payload y_keep_alive_frame();

/// The frame that relays a document's message; made once for all peers.
payload const& y_relay_frame(message const& m);

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/y_websocket/detail/impl/frames.ipp>
#endif
