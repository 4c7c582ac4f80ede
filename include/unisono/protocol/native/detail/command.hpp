#pragma once

#include <unisono/codec/json_value.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/hub/position.hpp>
#include <unisono/protocol/native/detail/binary_frame.hpp>
#include <unisono/protocol/native/detail/fields.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace unisono::inline v0::detail {

enum class native_verb : std::uint8_t {
    connect,
    subscribe,
    unsubscribe,
    publish,
    presence,
    typing,
    history,
    rpc,
    refresh,
    refresh_sub,
    ping,
    pong,
    update,
    disconnect,
    unknown, ///< not defined
};

inline constexpr std::size_t max_native_token = 8 * 1024;

/// What is common to all that a client sends. Views into the JSON document.
struct native_command {
    native_verb verb = native_verb::unknown;
    std::optional<std::uint64_t> id;
    std::string_view channel;
    json::value payload;
};

/// Reads the envelope into `out`, as much of it as is valid: an error is answered with the id that was there.
/// What is wrong is in `fields`, which were made from the whole object.
void decode_command(native_fields& fields, native_command& out);

struct native_subscribe {
    subscribe_options from;
    std::string_view token;
    bool presence = false;
    bool echo = true;
};
native_subscribe decode_subscribe(native_fields& payload, std::size_t history_limit);

struct native_publish {
    json::value data;
    std::string_view key;             ///< empty: none
    std::string_view idempotency_key; ///< empty: none
    bool ephemeral = false;
    bool exclude_self = false;
};
native_publish decode_publish(native_fields& payload, std::size_t message_limit);

history_query decode_history(native_fields& payload, std::size_t history_limit);

enum class native_presence_op : std::uint8_t { get, count, set, clear };
struct native_presence_request {
    native_presence_op op = native_presence_op::get;
    json::value state; ///< of set
};
native_presence_request decode_presence(native_fields& payload, std::size_t state_limit);

struct native_call {
    std::string_view method;
    std::string_view data; ///< JSON; empty: none
};
native_call decode_call(native_fields& payload, std::size_t message_limit);

/// Something about a channel's document.
struct native_update {
    native_op op = native_op::update; ///< never native_op::message
    byte_buffer data;
};
native_update decode_update(native_fields& payload, std::size_t update_limit);

/// A new token.
std::string_view decode_refresh(native_fields& payload);

/// Is somebody typing?
bool decode_typing(native_fields& payload);

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/detail/impl/command.ipp>
#endif
