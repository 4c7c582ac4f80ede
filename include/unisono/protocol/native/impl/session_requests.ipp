#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/presence/error.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>
#include <unisono/protocol/native/session.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL native_session::membership_ptr native_session::find(std::string_view channel) const {
    auto const found = channels_.find(channel);
    return found == channels_.end() ? nullptr : found->second;
}

UNISONO_DECL std::optional<native_error> native_session::refuse_subscribe(std::string_view channel) const {
    if (find(channel))
        return native_error::already_subscribed;
    if (channels_.size() >= options_.limits.channels)
        return native_error::limit_exceeded;
    return std::nullopt;
}

UNISONO_DECL void native_session::subscribe(request_id id, std::string_view channel,
                                            detail::native_fields& payload) {
    auto wanted = detail::decode_subscribe(payload, options_.limits.history);
    if (!payload.ok())
        return fail(id, channel, {payload.error(), payload.problem()});
    start(id);
    join(channel, std::move(wanted),
         [id, name = std::string{channel}](native_session& self,
                                           std::variant<std::string, native_error> what) {
             if (auto const* const reply = std::get_if<std::string>(&what))
                 self.ack(id, *reply);
             else
                 self.fail(id, name, std::get<native_error>(what));
             self.finish(id);
         });
}

UNISONO_DECL void native_session::join(std::string_view channel, detail::native_subscribe wanted,
                                       joined done) {
    if (auto const error = refuse_subscribe(channel))
        return done(*this, *error);
    if (!options_.hooks.may_subscribe)
        return join(channel, wanted, {}, std::move(done));
    auto const token = std::exchange(wanted.token, {});
    decide(
        options_.hooks.may_subscribe,
        [name = std::string{channel}, wanted = std::move(wanted),
         done = std::move(done)](native_session& self, result<native_grant> grant) {
            if (grant && self.has_passed(grant->expires))
                grant = native_error::subscription_expired;
            if (!grant)
                done(self, detail::told_of_channel(grant.error()));
            else if (auto const error = self.refuse_subscribe(name)) // others may have come in between
                done(self, *error);
            else
                self.join(name, wanted, *grant, done);
        },
        *who_, channel, token);
}

UNISONO_DECL void native_session::join(std::string_view channel, detail::native_subscribe const& wanted,
                                       native_grant const& grant, joined done) {
    auto const m = std::make_shared<detail::native_membership>(shared_from_this(), channel);
    m->echo = wanted.echo;
    m->entered = wanted.presence;
    m->expires = moment_of(grant.expires);
    m->allow_editing(grant.edit);
    m->aliased = binary_;
    if (wanted.presence)
        m->presence = detail::native_membership::presence_view::current;
    channels_.emplace(m->channel, m);
    // Presence and subscription are made in one go on the channel's shard, so that the first diff to arrive
    // is the one after the state.
    at_channel(channel, [self = shared_from_this(), m, watch = wanted.presence, from = wanted.from,
                         aliased = binary_,
                         done = std::move(done)](auto& kept, std::string_view name, auto&) {
        std::string presence;
        if (watch)
            presence = kept.observe(name, *self->who_);
        std::uint64_t const alias = aliased ? kept.take_alias(name) : 0;
        self->rooms_.subscribe(self->shard_, name, m, from,
                               [self = self.get(), m, presence = std::move(presence), alias,
                                done](subscription link, subscribed past) {
                                   // The membership keeps the session alive.
                                   self->enter(m, std::move(link), std::move(past), presence, alias, done);
                               });
    });
}

UNISONO_DECL void native_session::enter(membership_ptr const& m, subscription link, subscribed past,
                                        std::string const& presence, std::uint64_t alias,
                                        joined const& done) {
    if (phase_ == phase::ended)
        return;                // and the subscription with it
    if (find(m->channel) != m) // taken away before it was there
        return done(*this, native_error::permission_denied);
    m->link = std::move(link);
    m->seen = stream_cursor{past.at};
    m->alias = alias;
    m->now = phase_ == phase::connecting ? detail::native_membership::phase::held
                                         : detail::native_membership::phase::live;
    done(*this, subscribe_reply(*m, past, presence));
}

UNISONO_DECL std::string native_session::subscribe_reply(detail::native_membership const& m,
                                                         subscribed const& past,
                                                         std::string_view presence) const {
    std::string text;
    json::writer w{text};
    w.object([&] {
        detail::write_native_position(w, past.at);
        w.member("positioned", true);
        w.member("recoverable", true);
        w.member("was_recovering", past.was_recovering);
        w.member("recovered", past.recovered);
        detail::write_native_messages(w.key("messages"), past.messages);
        write_expiry(w, m.expires);
        if (m.alias != 0)
            w.member("alias", m.alias);
        if (!presence.empty())
            w.key("presence").raw(presence);
    });
    return text;
}

UNISONO_DECL void native_session::unsubscribe(request_id id, std::string_view channel) {
    auto const m = find(channel);
    if (!m)
        return fail(id, channel, native_error::not_subscribed);
    part(m);
    ack(id, "{}");
}

UNISONO_DECL void native_session::part(membership_ptr m,
                                       std::optional<std::chrono::milliseconds> back_within) {
    // First of all: what follows may come back here through the hub.
    if (channels_.erase(m->channel) == 0)
        return;
    stop_typing(*m);
    m->link.cancel();
    std::erase_if(conflated_, [&](auto const& entry) { return entry.first.first == m->channel; });
    if (m->document)
        m->document->close();
    if (!m->entered && !m->aliased)
        return;
    bool const observer = m->presence != detail::native_membership::presence_view::none;
    at_channel(m->channel, [who = who_, observer, back_within, entered = m->entered,
                            aliased = m->aliased](auto& kept, std::string_view name, auto&) {
        if (entered)
            kept.leave(name, *who, back_within);
        if (observer)
            kept.stop_observing(name);
        if (aliased)
            kept.drop_alias(name);
    });
}

UNISONO_DECL void native_session::part_all(std::optional<std::chrono::milliseconds> back_within) {
    while (!channels_.empty())
        part(channels_.begin()->second, back_within);
}

UNISONO_DECL void native_session::publish(request_id id, std::string_view channel,
                                          detail::native_fields& payload) {
    auto const wanted = detail::decode_publish(payload, options_.limits.message);
    if (!payload.ok())
        return fail(id, channel, {payload.error(), payload.problem()});
    request_publish(id, channel,
                    {
                        .data = unisono::payload{wanted.data.raw()},
                        .ephemeral = wanted.ephemeral,
                        .from = who_,
                        .exclude = wanted.exclude_self ? find(channel).get() : nullptr,
                        .key = std::string{wanted.key},
                        .idempotency_key = std::string{wanted.idempotency_key},
                    });
}

UNISONO_DECL void native_session::request_publish(request_id id, std::string_view channel, publication what) {
    if (!options_.hooks.may_publish && !find(channel))
        return fail(id, channel, native_error::not_subscribed);
    start(id);
    if (!options_.hooks.may_publish)
        return publish(id, channel, std::move(what));
    auto const data = what.data;
    decide(
        options_.hooks.may_publish,
        [id, name = std::string{channel}, what = std::move(what)](native_session& self,
                                                                  result<void> allowed) {
            if (allowed)
                return self.publish(id, name, what);
            self.fail(id, name, detail::told_of_channel(allowed.error()));
            self.finish(id);
        },
        *who_, channel, data.text());
}

UNISONO_DECL void native_session::publish(request_id id, std::string_view channel, publication what) {
    if (auto const m = find(channel))
        stop_typing(*m);
    at_channel(channel, [id, &rooms = rooms_, what = std::move(what)](auto&, std::string_view name,
                                                                      auto& back) mutable {
        auto done = [id, ephemeral = what.ephemeral, excluded = what.exclude != nullptr, back,
                     name = std::string{name}](published const& result) {
            back([id, ephemeral, excluded, name, result](native_session& self) {
                self.tell_published(id, name, result, ephemeral, excluded);
            });
        };
        rooms.publish(name, std::move(what), std::move(done));
    });
}

UNISONO_DECL void native_session::tell_published(request_id id, std::string_view channel,
                                                 published const& what, bool ephemeral, bool excluded) {
    // The hub leaves us out, and says so before it delivers to anybody: count it as delivered.
    if (auto const m = find(channel); m && excluded && !what.duplicate)
        (void)m->seen.accept(what.at.offset);
    std::string text;
    json::writer w{text};
    w.object([&] {
        if (!ephemeral)
            detail::write_native_position(w, what.at);
        if (what.duplicate)
            w.member("duplicate", true);
    });
    ack(id, text);
    finish(id);
}

UNISONO_DECL void native_session::history(request_id id, std::string_view channel,
                                          detail::native_fields& payload) {
    auto const wanted = detail::decode_history(payload, options_.limits.history);
    if (!payload.ok())
        return fail(id, channel, {payload.error(), payload.problem()});
    if (!find(channel))
        return fail(id, channel, native_error::not_subscribed);
    start(id);
    at_channel(channel, [id, wanted, &rooms = rooms_](auto&, std::string_view name, auto& back) {
        rooms.history(name, wanted, [id, back](history_page page) {
            back([id, page = std::move(page)](native_session& self) { self.tell_history(id, page); });
        });
    });
}

UNISONO_DECL void native_session::tell_history(request_id id, history_page const& page) {
    if (!page.complete) {
        fail(id, {}, native_error::unrecoverable_position);
        return finish(id);
    }
    std::string text;
    json::writer w{text};
    w.object([&] {
        detail::write_native_position(w, page.at);
        detail::write_native_messages(w.key("messages"), page.messages);
    });
    ack(id, text);
    finish(id);
}

UNISONO_DECL void native_session::presence(request_id id, std::string_view channel,
                                           detail::native_fields& payload) {
    auto const wanted = detail::decode_presence(payload, options_.limits.presence_state);
    if (!payload.ok())
        return fail(id, channel, {payload.error(), payload.problem()});
    auto const m = find(channel);
    if (!m)
        return fail(id, channel, native_error::not_subscribed);
    if (wanted.op == detail::native_presence_op::set)
        m->entered = true;
    start(id);
    std::string state{wanted.state.exists() ? wanted.state.raw() : "null"};
    at_channel(channel, [id, op = wanted.op, state = std::move(state),
                         who = who_](auto& kept, std::string_view name, auto& back) {
        using enum detail::native_presence_op;
        std::string reply = "{}";
        result<void> done;
        if (op == get)
            reply = kept.state(name, false);
        else if (op == count)
            reply = kept.count(name);
        else if (op == set)
            done = kept.set_state(name, *who, state);
        else
            kept.leave(name, *who, {});
        back([id, done, name = std::string{name}, reply = std::move(reply)](native_session& self) {
            if (done)
                self.ack(id, reply);
            else
                self.fail(id, name,
                          {done.error() == presence_error::older_connection ? native_error::duplicate_session
                                                                            : native_error::limit_exceeded,
                           done.error().message()});
            self.finish(id);
        });
    });
}

UNISONO_DECL void native_session::typing(std::string_view channel, detail::native_fields& payload) {
    bool const on = detail::decode_typing(payload);
    if (!payload.ok())
        return fail({}, channel, {payload.error(), payload.problem()});
    auto const m = find(channel);
    if (!m)
        return fail({}, channel, native_error::not_subscribed);
    if (!on)
        return stop_typing(*m);
    auto const now = options_.clock->now();
    if (m->typed && now - *m->typed < options_.times.typing_interval)
        return;
    m->typed = now;
    if (!options_.hooks.may_publish)
        return start_typing(channel);
    decide(
        options_.hooks.may_publish,
        [name = std::string{channel}](native_session& self, result<void> allowed) {
            if (allowed)
                self.start_typing(name);
            else
                self.fail({}, name, native_error::permission_denied);
        },
        *who_, channel, std::string_view{});
}

UNISONO_DECL void native_session::start_typing(std::string_view channel) {
    auto const m = find(channel);
    if (!m)
        return;
    m->typing_until = options_.clock->now() + options_.times.typing;
    tell_typing(*m, true);
}

UNISONO_DECL void native_session::stop_typing(detail::native_membership& m) {
    if (!m.typing_until)
        return;
    m.typing_until.reset();
    tell_typing(m, false);
}

UNISONO_DECL void native_session::tell_typing(detail::native_membership& m, bool on) {
    std::string text;
    json::writer w{text};
    w.object([&] {
        w.member("client", who_->client);
        if (!who_->user.empty())
            w.member("user", who_->user);
        w.member("on", on);
        w.member("ttl_ms", options_.times.typing.count());
    });
    rooms_.publish(m.channel, {.data = payload{text},
                               .ephemeral = true,
                               .kind = message_kind::typing,
                               .from = who_,
                               .exclude = &m});
}

} // namespace unisono::inline v0
