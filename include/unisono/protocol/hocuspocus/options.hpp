#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/random.hpp>
#include <unisono/protocol/documents/access.hpp>
#include <unisono/protocol/hocuspocus/peer.hpp>
#include <unisono/protocol/hook.hpp>
#include <unisono/wire/http_request.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// What one connection may cost.
struct hocuspocus_limits {
    std::size_t documents = 128;                 ///< open at once, or asked for
    std::size_t name_bytes = 255;                ///< of a document's name
    std::size_t session_bytes = 64;              ///< of a provider's session id
    std::size_t token_bytes = 16 * 1024;         ///< of a token
    std::size_t stateless_bytes = 64 * 1024;     ///< of a stateless message from a client
    std::size_t waiting_bytes = 1 * 1024 * 1024; ///< of messages that wait until the host has decided
};

struct hocuspocus_times {
    /// For a new connection, until the host has let it into a document.
    std::chrono::milliseconds authentication{30'000};
    /// Without data for 30 s a client would reconnect; pings do not count.
    std::chrono::milliseconds keep_alive{15'000};
};

/// What a client asks for, and what it shows for it. Valid during the call.
struct hocuspocus_claim {
    std::string_view document;
    std::string_view token;   ///< as the client sent it; often empty. A secret: it does not belong in a log.
    std::string_view version; ///< of the client program; empty for those before 4.0
    /// What opened the connection, for its cookies, fields and query. `body` is empty. Null when the carrier
    /// did not tell.
    http_request const* request;
    bool renews; ///< the document is open already: a new token, and the same user
};

/// What the host decides and hears. Called on the connection's shard, so on any of them.
struct hocuspocus_hooks {
    /// Asked for each document, and again for each new token. Until the answer comes, the client's further
    /// messages about that document wait, so nothing is reordered. An error is told as "permission-denied".
    /// Default: everybody may do everything.
    host_hook<document_grant, hocuspocus_claim const&> authenticate = {};

    /// A client's stateless message: UTF-8, whatever the application makes of it. Default: ignored.
    std::function<void(hocuspocus_peer const& from, std::string_view message)> on_stateless = {};
};

struct hocuspocus_options {
    hocuspocus_limits limits = {};
    hocuspocus_times times = {};
    hocuspocus_hooks hooks = {};
    unisono::clock* clock = &system_clock();
    random_source* random = &system_random();
};

} // namespace unisono::inline v0
