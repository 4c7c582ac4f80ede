#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/close.hpp>
#include <unisono/protocol/native/detail/channel_name.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>
#include <unisono/protocol/native/session.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/detail/sha1.hpp>

namespace unisono::inline v0 {

/// The reply to a connect, while the subscriptions asked for along with it are made.
struct native_session::connect_reply {
    struct wish {
        std::string channel;
        std::string token;
        detail::native_subscribe wanted;
    };
    request_id id;
    std::string lasting;                      ///< what its next session will be known by
    std::vector<wish> wishes;                 ///< until the client was admitted
    std::map<std::string, std::string> parts; ///< by channel, JSON
    std::size_t missing = 1;                  ///< one is the connect itself

    void refuse(std::string_view channel, detail::native_failure const& what) {
        std::string part;
        json::writer w{part};
        w.object([&] { detail::write_native_error(w.key("error"), what); });
        parts.emplace(channel, std::move(part));
    }
};

namespace detail {

/// The token that the request carries: of `Authorization: Bearer`, else the subprotocol
/// `unisono.bearer.<base64url>`, for browsers can set no field on a WebSocket. Empty when there is none.
UNISONO_DECL std::string native_bearer(http_request const& request) {
    constexpr std::string_view scheme = "Bearer ", subprotocol = "unisono.bearer.";
    if (auto const field = request.headers.get("Authorization"); field.starts_with(scheme))
        return std::string{field.substr(scheme.size())};
    for (auto const& field : request.headers) {
        if (!equals_ignoring_case(field.name, "Sec-WebSocket-Protocol"))
            continue;
        for (std::string_view rest = field.value; !rest.empty();) {
            auto const offer = trim(next_part(rest, ','));
            if (!offer.starts_with(subprotocol))
                continue;
            auto const token = base64_decode(offer.substr(subprotocol.size()), base64_alphabet::url);
            return token && token->size() <= max_native_token && is_valid_utf8(as_text(*token))
                       ? std::string{as_text(*token)}
                       : std::string{};
        }
    }
    return {};
}

/// Names a client. The same for its next session, if that names this one. Others see it, and cannot tell the
/// secret from it.
UNISONO_DECL std::string native_client_id(std::string_view user, std::string_view lasting) {
    constexpr std::size_t length = 16; // 96 bits
    return base64_encode(sha1(std::string{user} + '\0' + std::string{lasting}), base64_alphabet::url)
        .substr(0, length);
}

} // namespace detail

UNISONO_DECL void native_session::connect(detail::native_command const& command) {
    if (phase_ != phase::opened)
        return fail(command.id, {}, {native_error::bad_request, "already connected"});
    constexpr std::size_t longest_name = 64;
    detail::native_fields payload{command.payload, "payload."};
    auto const version = payload.integer("v");
    std::string const carried = request_ ? detail::native_bearer(*request_) : std::string{};
    auto const token = payload.string("token", detail::max_native_token);
    native_connect const about{
        .token = token.empty() ? std::string_view{carried} : token,
        .name = payload.string("name", longest_name),
        .version = payload.string("version", longest_name),
        .data = payload.get("data").raw(),
        .request = request_.get(),
    };
    auto const resume = payload.get("resume").as_string().value_or("");
    json::value const subs = payload.get("subs");
    auto const caps = payload.get("caps");
    if (caps.exists() && !caps.is_array())
        payload.refuse("caps", "must be an array");
    if (!version)
        payload.refuse("v", "is missing");
    if (subs.exists() && !subs.is_object())
        payload.refuse("subs", "must be an object");
    if (!payload.ok())
        return fail(command.id, {}, {payload.error(), payload.problem()});
    if (*version != 1) {
        fail(command.id, {}, {native_error::not_available, "this server speaks version 1"});
        return close(native_close::wrong_protocol, "unknown protocol version");
    }

    for (auto const cap : caps.elements())
        binary_ = binary_ || (cap.as_string() == "bin" && out_.takes_binary());
    phase_ = phase::connecting;
    start(command.id);
    auto const reply = std::make_shared<connect_reply>();
    reply->id = command.id;
    reply->lasting = detail::native_sessions::lasting_part(resume);
    for (auto const [channel, wish] : subs.members()) {
        detail::native_fields fields{wish, "subs."};
        auto wanted = detail::decode_subscribe(fields, options_.limits.history);
        if (!detail::is_channel_name(channel))
            reply->refuse(channel, {native_error::bad_request, "not a channel name"});
        else if (!fields.ok())
            reply->refuse(channel, {fields.error(), fields.problem()});
        else
            reply->wishes.push_back({std::string{channel}, std::string{wanted.token}, std::move(wanted)});
    }
    if (!options_.hooks.authenticate)
        return admit({}, reply);
    ask(
        options_.hooks.authenticate,
        [reply](native_session& self, result<native_identity> known) {
            if (known && self.has_passed(known->expires))
                known = native_error::token_expired;
            if (known && known->user.size() > max_presence_name)
                known = native_error::limit_exceeded;
            if (known)
                self.admit(*std::move(known), reply);
            else
                self.refuse_connect(reply->id, known.error());
        },
        about);
}

UNISONO_DECL void native_session::refuse_connect(request_id id, std::error_code error) {
    auto const why = to_native_error(error, native_error::unauthorized);
    fail(id, {}, why);
    if (why == native_error::token_expired)
        return close(native_close::expired, "token expired");
    if (why == native_error::unauthorized)
        return close(native_close::invalid_token, "invalid token");
    if (describe(why).temporary)
        return close(native_close::server_error, "try again later");
    close(native_close::denied, "denied");
}

UNISONO_DECL void native_session::admit(native_identity identity,
                                        std::shared_ptr<connect_reply> const& reply) {
    auto& lasting = reply->lasting;
    if (lasting.empty())
        lasting = detail::native_sessions::new_lasting_part(*options_.random);
    auto client = detail::native_client_id(identity.user, lasting);
    who_ = std::make_shared<publisher const>(
        publisher{std::move(client), std::move(identity.user), sessions_.next_connection()});
    expires_ = moment_of(identity.expires);
    request_.reset();
    id_ = detail::native_sessions::make_id(lasting, shard_, *options_.random);
    sessions_.add(shard_, id_, *this);
    reply->missing += reply->wishes.size();
    for (auto& wish : std::exchange(reply->wishes, {})) {
        wish.wanted.token = wish.token;
        join(
            wish.channel, std::move(wish.wanted),
            [reply, name = wish.channel](native_session& self, std::variant<std::string, native_error> what) {
                if (auto* const part = std::get_if<std::string>(&what))
                    reply->parts.emplace(name, std::move(*part));
                else
                    reply->refuse(name, std::get<native_error>(what));
                self.finish_connect(*reply);
            });
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
        if (binary_)
            w.key("caps").array([&] { w.string("bin"); });
        write_expiry(w, expires_);
        w.key("limits").object([&] {
            w.member("message", limits.message);
            w.member("channels", limits.channels);
            if (options_.documents)
                w.member("update", limits.update);
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
                pass_on(*m, message);
    }
    finish(reply.id);
}

} // namespace unisono::inline v0
