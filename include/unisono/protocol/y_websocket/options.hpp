#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/random.hpp>
#include <unisono/protocol/documents/access.hpp>
#include <unisono/protocol/hook.hpp>
#include <unisono/wire/http_request.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>

namespace unisono::inline v0 {

/// Who asks for what. Valid during the call.
struct y_websocket_claim {
    std::string_view document;
    /// What opened the connection, for its cookies, fields and query, where clients put their tokens. `body`
    /// is empty. Null when the carrier did not tell.
    http_request const* request;
};

/// What the host decides. Called on the connection's shard, so on any of them.
struct y_websocket_hooks {
    /// What this connection may do with its document. Until the answer comes, its messages wait. With
    /// document_access::none, or an error, it is told "permission denied" and closed with
    /// y_websocket_close::denied; with document_access::read its changes are dropped. The host may change
    /// its mind later: document_service::allow(). Default: everybody may do everything.
    host_hook<document_grant, y_websocket_claim const&> authorise = {};
};

struct y_websocket_options {
    std::size_t name_bytes = 255;                ///< of a document's name
    std::size_t waiting_bytes = 1 * 1024 * 1024; ///< of messages that wait until the host has decided
    /// Without data for 30 s a client would reconnect; pings do not count.
    std::chrono::milliseconds keep_alive{15'000};
    y_websocket_hooks hooks = {};
    unisono::clock* clock = &system_clock();
    random_source* random = &system_random();
};

} // namespace unisono::inline v0
