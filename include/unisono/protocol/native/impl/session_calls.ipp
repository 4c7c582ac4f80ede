#pragma once

#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>
#include <unisono/protocol/native/session.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL void native_session::rpc(request_id id, detail::native_fields& payload) {
    if (!options_.hooks.rpc)
        return fail(id, {}, native_error::not_available);
    auto const call = detail::decode_call(payload, options_.limits.message);
    if (!payload.ok())
        return fail(id, {}, {payload.error(), payload.problem()});
    if (calls_ >= options_.limits.calls)
        return fail(id, {}, {native_error::too_many_requests, "too many calls in flight"});
    ++calls_;
    if (id)
        ids_.insert(*id);
    ask(
        options_.hooks.rpc,
        [id](native_session& self, result<std::string> answer) {
            --self.calls_;
            if (id)
                self.ids_.erase(*id);
            if (answer && !json::parse(*answer, {.size = answer->size()}))
                answer = native_error::internal;
            if (!answer)
                return self.fail(id, {}, to_native_error(answer.error(), native_error::internal));
            std::string text;
            json::writer w{text};
            w.object([&] { detail::write_native_json(w.key("data"), *answer); });
            self.ack(id, text);
        },
        *who_, call.method, call.data);
}

UNISONO_DECL void native_session::refresh(request_id id, detail::native_fields& payload) {
    if (!options_.hooks.authenticate)
        return fail(id, {}, native_error::not_available);
    auto const token = detail::decode_refresh(payload);
    if (!payload.ok())
        return fail(id, {}, {payload.error(), payload.problem()});
    start(id);
    decide(
        options_.hooks.authenticate,
        [id](native_session& self, result<native_identity> known) {
            if (known && self.has_passed(known->expires))
                known = native_error::token_expired;
            if (known && known->user != self.who_->user) // a connection does not change hands
                known = native_error::permission_denied;
            if (!known)
                self.fail(id, {}, to_native_error(known.error(), native_error::unauthorized));
            else {
                self.expires_ = self.moment_of(known->expires);
                self.ack_expiry(id, self.expires_);
            }
            self.finish(id);
        },
        native_connect{.token = token, .renews = true});
}

UNISONO_DECL void native_session::refresh_sub(request_id id, std::string_view channel,
                                              detail::native_fields& payload) {
    if (!options_.hooks.may_subscribe)
        return fail(id, channel, native_error::not_available);
    auto const token = detail::decode_refresh(payload);
    if (!payload.ok())
        return fail(id, channel, {payload.error(), payload.problem()});
    auto const m = find(channel);
    if (!m)
        return fail(id, channel, native_error::not_subscribed);
    start(id);
    decide(
        options_.hooks.may_subscribe,
        [id, m](native_session& self, result<native_grant> grant) {
            if (grant && self.has_passed(grant->expires))
                grant = native_error::subscription_expired;
            if (!grant)
                self.fail(id, m->channel, detail::told_of_channel(grant.error()));
            else {
                m->expires = self.moment_of(grant->expires);
                m->allow_editing(grant->edit);
                self.ack_expiry(id, m->expires);
            }
            self.finish(id);
        },
        *who_, channel, token);
}

UNISONO_DECL bool native_session::has_passed(native_expiry const& expires) const {
    return expires && *expires <= options_.clock->wall_time();
}

UNISONO_DECL std::optional<clock::time_point> native_session::moment_of(native_expiry const& expires) const {
    if (!expires)
        return std::nullopt;
    // From here on by the clock that never jumps. A token for eternity must not overflow it.
    constexpr std::chrono::milliseconds longest = std::chrono::hours{24 * 3650};
    return options_.clock->now() + std::min(*expires - options_.clock->wall_time(), longest);
}

UNISONO_DECL void native_session::write_expiry(json::writer& w,
                                               std::optional<clock::time_point> expires) const {
    if (expires)
        w.member("expires_in",
                 std::chrono::floor<std::chrono::seconds>(*expires - options_.clock->now()).count());
}

UNISONO_DECL void native_session::ack_expiry(request_id id, std::optional<clock::time_point> expires) {
    std::string text;
    json::writer w{text};
    w.object([&] { write_expiry(w, expires); });
    ack(id, text);
}

} // namespace unisono::inline v0
