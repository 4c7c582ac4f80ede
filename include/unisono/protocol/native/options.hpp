#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/random.hpp>
#include <unisono/core/result.hpp>
#include <unisono/hub/message.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>

namespace unisono::inline v0 {

/// What one client of the native protocol may cost.
struct native_limits {
    std::size_t message = 64 * 1024;     ///< bytes of a publication's data
    std::size_t channels = 128;          ///< subscriptions of one connection
    std::size_t history = 300;           ///< publications in one reply; who missed more cannot recover
    std::size_t presence_state = 1024;   ///< bytes of one member's state
    std::size_t presence_members = 1000; ///< members listed by name in one channel; more are only counted
    /// Bytes of replies that wait to be read by the client, and requests that wait for another shard, beyond
    /// which no further request is taken.
    std::size_t unread_replies = 256 * 1024;
    std::size_t requests_in_flight = 16;
};

/// How long things last.
struct native_times {
    std::chrono::milliseconds connect_deadline{10'000}; ///< for the first message
    std::chrono::milliseconds ping{25'000};             ///< of silence of ours, until a ping
    std::chrono::milliseconds pong_timeout{10'000};     ///< of silence of the client's, after a ping
    std::chrono::milliseconds typing{6'000};            ///< until "is typing" ends by itself
    std::chrono::milliseconds typing_interval{1'000};   ///< between two "is typing" of one client
    std::chrono::milliseconds reconnect_min{500};       ///< window for reconnects that is told to clients
    std::chrono::milliseconds reconnect_max{20'000};
};

/// Who a connection belongs to.
struct native_identity {
    std::string user; ///< id or name, shown to others; empty: unknown, counted as a user of its own
};

/// What a client says about itself when it connects. Valid during the call.
struct native_connect {
    std::string_view token;   ///< empty when none was sent
    std::string_view name;    ///< of the client program
    std::string_view version; ///< of the client program
    std::string_view data;    ///< JSON; empty when none was sent
};

/// What the host decides. Called on the session's shard, so on any of them; must not block. A native_error is
/// told to the client as it is, any other error as "unauthorized" or "permission denied".
struct native_hooks {
    /// Default: everybody may connect, without a name.
    std::function<result<native_identity>(native_connect const&)> authenticate = {};
    /// `token` is that of the subscribe request; empty when none was sent. Default: everybody may.
    std::function<std::error_code(publisher const& who, std::string_view channel, std::string_view token)>
        may_subscribe = {};
    /// `data` is JSON. Default: those who are subscribed to the channel.
    std::function<std::error_code(publisher const& who, std::string_view channel, std::string_view data)>
        may_publish = {};
};

struct native_options {
    native_limits limits = {};
    native_times times = {};
    native_hooks hooks = {};
    std::string node = {};          ///< this server's name; empty: a random one
    std::string server = "unisono"; ///< told to clients
    unisono::clock* clock = &system_clock();
    random_source* random = &system_random();
};

} // namespace unisono::inline v0
