#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/random.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/presence/member.hpp>
#include <unisono/protocol/documents/service.hpp>
#include <unisono/protocol/native/error.hpp>
#include <unisono/protocol/native/hook.hpp>
#include <unisono/wire/http_request.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// What one client of the native protocol may cost.
struct native_limits {
    std::size_t message = 64 * 1024;        ///< bytes of a publication's data
    std::size_t update = 4 * 1024 * 1024;   ///< bytes of what a client sends about a document in one go
    std::size_t channels = 128;             ///< subscriptions of one connection
    std::size_t history = 300;              ///< publications in one reply; who missed more cannot recover
    std::size_t presence_state = 1024;      ///< bytes of one member's state
    std::size_t presence_members = 1000;    ///< members listed by name in one channel; more are only counted
    std::size_t presence_connections = 256; ///< of one user that are members of one channel
    /// Bytes of replies that wait to be read by the client, and requests that wait for another shard, beyond
    /// which no further request is taken.
    std::size_t unread_replies = 256 * 1024;
    std::size_t requests_in_flight = 16;
    std::size_t calls = 16;              ///< rpc in flight, of one connection; more are refused
    std::size_t requests = 240;          ///< objects a client sends within native_times::rate; 0: any number
    std::size_t first_bytes = 16 * 1024; ///< that a client sends before it has been admitted
    std::size_t first_messages = 16;     ///< likewise
};

/// How long things last.
struct native_times {
    std::chrono::milliseconds connect_deadline{10'000}; ///< for the first message
    std::chrono::milliseconds ping{25'000};             ///< of silence of ours, until a ping
    std::chrono::milliseconds pong_timeout{10'000};     ///< of silence of the client's, after a ping
    std::chrono::milliseconds typing{6'000};            ///< until "is typing" ends by itself
    std::chrono::milliseconds typing_interval{1'000};   ///< between two "is typing" of one client
    std::chrono::milliseconds presence_grace{15'000}; ///< after a connection was lost, to come back unnoticed
    std::chrono::milliseconds presence_window{250}; ///< between two diffs of a channel; 0: each change is one
    std::chrono::milliseconds rate{2'000};          ///< in which native_limits::requests may come
    std::chrono::milliseconds grace{25'000};        ///< after something expired, to renew it
    std::chrono::milliseconds reconnect_min{500};   ///< window for reconnects that is told to clients
    std::chrono::milliseconds reconnect_max{20'000};
};

/// A moment as time of day: since 1970, UTC. As in a token's `exp`, but in milliseconds.
using native_expiry = std::optional<std::chrono::milliseconds>;

/// Who a connection belongs to.
struct native_identity {
    /// Id or name, shown to others, at most max_presence_name bytes: a longer one is refused as
    /// native_error::limit_exceeded. Empty: unknown, counted as a user of its own.
    std::string user = {};
    native_expiry expires = {}; ///< unless the client renews it; empty: never
};

/// A permission to subscribe.
struct native_grant {
    native_expiry expires = {}; ///< unless the client renews it; empty: with the subscription
    bool edit = true;           ///< may change the channel's document, too; reading it always goes along
};

/// What a client says about itself when it connects. Valid during the call.
struct native_connect {
    /// Of the `connect`, else of an `Authorization: Bearer`, else the WebSocket subprotocol
    /// `unisono.bearer.<base64url>`; empty when there is none. A secret: it does not belong in a log.
    std::string_view token = {};
    std::string_view name = {};    ///< of the client program
    std::string_view version = {}; ///< of the client program
    std::string_view data = {};    ///< JSON; empty when none was sent
    /// What opened the connection, for its cookies and fields. Null when the carrier did not tell, and when
    /// the client renews its token. `body` is empty.
    http_request const* request = nullptr;
    bool renews = false; ///< `refresh`: the user must come out the same
};

/// What the host decides, at once or later; see native_hook. Called on the session's shard, so on any of
/// them. While a session waits for a decision its later requests wait, too, so that nothing is reordered;
/// only `rpc` does not hold up the rest.
///
/// A native_error is told to the client as it is, any other error as "unauthorized" or "permission denied".
struct native_hooks {
    /// Default: everybody may connect, without a name. Asked again when a client renews its token.
    native_hook<native_identity, native_connect const&> authenticate = {};

    /// `token` is that of the request; empty when none was sent. Default: everybody may. Asked again when a
    /// client renews a subscription. A client is told the same of a channel that does not exist
    /// (native_error::unknown_channel) and of one it may not see.
    native_hook<native_grant, publisher const&, std::string_view /*channel*/, std::string_view /*token*/>
        may_subscribe = {};

    /// `data` is JSON, or bytes when the client published those; empty when it is about typing. Not asked
    /// about documents: native_grant::edit. Default: those who are subscribed to the channel.
    native_hook<void, publisher const&, std::string_view /*channel*/, std::string_view /*data*/> may_publish =
        {};

    /// A call of the program's: `data` is JSON, empty when none was sent, and the answer is JSON, too. For a
    /// method that does not exist: native_error::unknown_type. Errors of the program's own:
    /// application_error().
    native_hook<std::string, publisher const&, std::string_view /*method*/, std::string_view /*data*/> rpc =
        {};

    /// A user's first connection entered a channel's presence; the last one left. Told on the channel's
    /// shard, in turns; must not throw. A connection without a user is one of its own, named by its client.
    std::function<void(std::string_view channel, std::string_view user)> user_joined = {};
    std::function<void(std::string_view channel, std::string_view user)> user_left = {};
};

struct native_options {
    native_limits limits = {};
    native_times times = {};
    native_hooks hooks = {};
    /// What `update` is about: a channel's document has its name. Null: `update` is refused. Best the same
    /// service for all protocols, on the hub's shards.
    std::shared_ptr<document_service> documents = nullptr;
    std::string node = {};          ///< this server's name; empty: a random one
    std::string server = "unisono"; ///< told to clients
    unisono::clock* clock = &system_clock();
    random_source* random = &system_random();
};

/// The longest JSON object that is taken from a client, in bytes: data, and the envelope, a token, or the
/// channels of a connect.
inline std::size_t native_longest_line(native_options const& options) noexcept {
    auto const update = options.documents ? options.limits.update / 3 * 4 : 0; // as base64
    return std::max(options.limits.message, update) + 64 * 1024;
}

} // namespace unisono::inline v0
