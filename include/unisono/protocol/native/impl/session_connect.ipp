#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/close.hpp>
#include <unisono/protocol/native/detail/channel_name.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>
#include <unisono/protocol/native/session.hpp>

namespace unisono::inline v0 {

/// The reply to a connect, while the subscriptions asked for along with it are made.
struct native_session::connect_reply {
    request_id id;
    std::map<std::string, std::string> parts; ///< by channel, JSON
    std::size_t missing = 1;                  ///< one is the connect itself
};

UNISONO_DECL void native_session::connect(detail::native_command const& command) {
    if (phase_ != phase::opened)
        return fail(command.id, {}, native_error::bad_request, "already connected");
    constexpr std::size_t longest_token = 8 * 1024, longest_name = 64;
    detail::native_fields payload{command.payload, "payload."};
    auto const version = payload.integer("v");
    native_connect const about{payload.string("token", longest_token), payload.string("name", longest_name),
                               payload.string("version", longest_name), payload.get("data").raw()};
    json::value const subs = payload.get("subs");
    if (!version)
        payload.refuse("v", "is missing");
    if (subs.exists() && !subs.is_object())
        payload.refuse("subs", "must be an object");
    if (!payload.ok())
        return fail(command.id, {}, payload.error(), payload.problem());
    if (*version != 1) {
        fail(command.id, {}, native_error::not_available, "this server speaks version 1");
        return close(native_close::wrong_protocol, "unknown protocol version");
    }

    native_identity identity;
    if (options_.hooks.authenticate) {
        auto known = options_.hooks.authenticate(about);
        if (!known) {
            auto const why = to_native_error(known.error(), native_error::unauthorized);
            fail(command.id, {}, why);
            if (why == native_error::token_expired)
                return close(native_close::expired, "token expired");
            if (why == native_error::unauthorized)
                return close(native_close::invalid_token, "invalid token");
            if (describe(why).temporary)
                return close(native_close::server_error, "try again later");
            return close(native_close::denied, "denied");
        }
        identity = std::move(*known);
    }
    constexpr std::size_t client_length = 16; // 96 bits
    who_ = std::make_shared<publisher const>(
        publisher{options_.random->token(client_length), std::move(identity.user)});
    phase_ = phase::connecting;
    id_ = detail::native_sessions::make_id(shard_, *options_.random);
    sessions_.add(shard_, id_, *this);
    start(command.id);

    auto const reply = std::make_shared<connect_reply>();
    reply->id = command.id;
    auto const refuse = [&](std::string_view channel, native_error error, std::string_view why = {}) {
        std::string part;
        json::writer w{part};
        w.object([&] {
            w.key("error");
            detail::write_native_error(w, error, why);
        });
        reply->parts.emplace(channel, std::move(part));
    };
    for (auto const [channel, wish] : subs.members()) {
        detail::native_fields fields{wish, "subs."};
        auto wanted = detail::decode_subscribe(fields, options_.limits.history);
        if (!detail::is_channel_name(channel))
            refuse(channel, native_error::bad_request, "not a channel name");
        else if (!fields.ok())
            refuse(channel, fields.error(), fields.problem());
        else if (auto const error = refuse_subscribe(channel, wanted))
            refuse(channel, *error);
        else {
            ++reply->missing;
            join(channel, std::move(wanted),
                 [reply, name = std::string{channel}](native_session& self, std::string part) {
                     reply->parts.emplace(name, std::move(part));
                     self.finish_connect(*reply);
                 });
        }
    }
    finish_connect(*reply);
}

UNISONO_DECL void native_session::finish_connect(connect_reply& reply) {
    if (--reply.missing != 0)
        return;
    std::string text;
    json::writer w{text};
    auto const& limits = options_.limits;
    auto const& times = options_.times;
    w.object([&] {
        w.member("client", who_->client);
        w.member("user", who_->user);
        w.member("session", id_);
        w.member("node", options_.node);
        w.member("server", options_.server);
        w.member("time", options_.clock->wall_time().count());
        w.member("ping", std::chrono::duration_cast<std::chrono::seconds>(times.ping).count());
        w.member("pong", true);
        w.key("limits").object([&] {
            w.member("message", limits.message);
            w.member("channels", limits.channels);
        });
        w.key("reconnect").object([&] {
            w.member("min_ms", times.reconnect_min.count());
            w.member("max_ms", times.reconnect_max.count());
        });
        if (!reply.parts.empty())
            w.key("subs").object([&] {
                for (auto const& [channel, part] : reply.parts)
                    w.key(channel).raw(part);
            });
    });
    phase_ = phase::connected;
    ack(reply.id, text);
    // By name: what is passed on may end the session, and with it every membership.
    for (auto const& [channel, part] : reply.parts) {
        auto const m = find(channel);
        if (!m || m->now != detail::native_membership::phase::held)
            continue;
        m->now = detail::native_membership::phase::live;
        for (auto const& message : std::exchange(m->waiting, {}))
            if (m->link)
                pass_on(m, message);
    }
    finish(reply.id);
}

} // namespace unisono::inline v0
