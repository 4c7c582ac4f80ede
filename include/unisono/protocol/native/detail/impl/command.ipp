#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/detail/channel_name.hpp>
#include <unisono/protocol/native/detail/command.hpp>

#include <algorithm>

namespace unisono::inline v0::detail {

UNISONO_DECL native_verb native_verb_of(std::string_view type) noexcept {
    struct row {
        std::string_view type;
        native_verb verb;
    };
    static constexpr row rows[] = {
        {"publish", native_verb::publish},
        {"subscribe", native_verb::subscribe},
        {"unsubscribe", native_verb::unsubscribe},
        {"presence", native_verb::presence},
        {"typing", native_verb::typing},
        {"history", native_verb::history},
        {"ping", native_verb::ping},
        {"pong", native_verb::pong},
        {"connect", native_verb::connect},
        {"rpc", native_verb::rpc},
        {"refresh", native_verb::refresh},
        {"refresh_sub", native_verb::refresh_sub},
        {"update", native_verb::update},
        {"disconnect", native_verb::disconnect},
    };
    for (auto const& r : rows)
        if (r.type == type)
            return r.verb;
    return native_verb::unknown;
}

UNISONO_DECL bool native_needs_channel(native_verb verb) noexcept {
    using enum native_verb;
    return verb != connect && verb != ping && verb != pong && verb != rpc && verb != refresh &&
           verb != disconnect && verb != unknown;
}

UNISONO_DECL void decode_command(native_fields& fields, native_command& out) {
    out.id = fields.integer("id", 1);
    if (auto const type = fields.get("type").as_string())
        out.verb = native_verb_of(*type);
    else
        fields.refuse("type", "must be a string");
    out.payload = fields.get("payload");
    if (out.id && (out.verb == native_verb::typing || out.verb == native_verb::pong))
        fields.refuse("id", "is not allowed: this type is never answered");
    if (!native_needs_channel(out.verb))
        return;
    auto const channel = fields.get("channel").as_string();
    if (channel && is_channel_name(*channel))
        out.channel = *channel;
    else
        fields.refuse("channel", "must be a string of 1 to 255 bytes without control characters");
}

UNISONO_DECL native_subscribe decode_subscribe(native_fields& payload, std::size_t history_limit) {
    native_subscribe out;
    out.from.recover = payload.at("recover");
    out.from.recover_limit = history_limit;
    out.from.last =
        static_cast<std::size_t>(std::min<std::uint64_t>(payload.integer("last").value_or(0), history_limit));
    out.token = payload.string("token", max_native_token);
    out.presence = payload.boolean("presence", false);
    out.echo = payload.boolean("echo", true);
    return out;
}

UNISONO_DECL native_publish decode_publish(native_fields& payload, std::size_t message_limit) {
    native_publish out;
    constexpr std::size_t longest_key = 128;
    out.key = payload.string("key", longest_key);
    out.idempotency_key = payload.string("idempotency_key", longest_key);
    out.ephemeral = payload.boolean("ephemeral", false);
    out.exclude_self = payload.boolean("exclude_self", false);
    if (!out.key.empty() && !out.ephemeral) // others may not miss one that has a place
        payload.refuse("key", "is for ephemeral publications");
    out.data = payload.raw("data");
    if (!out.data.exists())
        payload.refuse("data", "is missing");
    else if (out.data.raw().size() > message_limit)
        payload.refuse("data", "is too large", native_error::payload_too_large);
    return out;
}

UNISONO_DECL history_query decode_history(native_fields& payload, std::size_t history_limit) {
    history_query out;
    out.limit = static_cast<std::size_t>(
        std::min<std::uint64_t>(payload.integer("limit").value_or(history_limit), history_limit));
    out.since = payload.at("since");
    out.newest_first = payload.boolean("reverse", false);
    return out;
}

UNISONO_DECL native_presence_request decode_presence(native_fields& payload, std::size_t state_limit) {
    native_presence_request out;
    auto const op = payload.string("op", 16);
    if (op == "get")
        out.op = native_presence_op::get;
    else if (op == "count")
        out.op = native_presence_op::count;
    else if (op == "set")
        out.op = native_presence_op::set;
    else if (op == "clear")
        out.op = native_presence_op::clear;
    else
        payload.refuse("op", "must be get, count, set or clear");
    if (out.op == native_presence_op::set) {
        out.state = payload.get("state");
        if (out.state.raw().size() > state_limit)
            payload.refuse("state", "is too large", native_error::payload_too_large);
    }
    return out;
}

UNISONO_DECL native_call decode_call(native_fields& payload, std::size_t message_limit) {
    constexpr std::size_t longest_method = 128;
    native_call const out{payload.string("method", longest_method), payload.raw("data").raw()};
    if (out.method.empty())
        payload.refuse("method", "is missing");
    if (out.data.size() > message_limit)
        payload.refuse("data", "is too large", native_error::payload_too_large);
    return out;
}

UNISONO_DECL native_update decode_update(native_fields& payload, std::size_t update_limit) {
    native_update out;
    auto const kind = payload.string("kind", 16);
    if (kind == "sync1")
        out.op = native_op::sync1;
    else if (kind == "sync2")
        out.op = native_op::sync2;
    else if (kind == "awareness")
        out.op = native_op::awareness;
    else if (kind != "update")
        payload.refuse("kind", "must be sync1, sync2, update or awareness");
    if (auto const engine = payload.string("engine", 16); !engine.empty() && engine != "yjs")
        payload.refuse("engine", "must be yjs", native_error::not_available);
    auto const text = payload.get("data").as_string();
    if (text && text->size() / 4 * 3 > update_limit + 2)
        payload.refuse("data", "is too large", native_error::payload_too_large);
    if (!payload.ok())
        return out;
    if (auto bytes = text ? base64_decode(*text) : result<byte_buffer>{codec_error::invalid_base64})
        out.data = *std::move(bytes);
    else
        payload.refuse("data", "must be a string of base64");
    return out;
}

UNISONO_DECL std::string_view decode_refresh(native_fields& payload) {
    auto const token = payload.string("token", max_native_token);
    if (token.empty())
        payload.refuse("token", "is missing");
    return token;
}

UNISONO_DECL bool decode_typing(native_fields& payload) {
    if (!payload.get("on").exists())
        payload.refuse("on", "is missing");
    return payload.boolean("on", false);
}

} // namespace unisono::inline v0::detail
