#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/close.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>
#include <unisono/protocol/native/session.hpp>

#include <cstddef>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL void detail::native_membership::deliver(message_ptr const& message) {
    session->deliver(*this, message);
}

UNISONO_DECL void native_session::deliver(detail::native_membership& m, message_ptr const& message) {
    if (phase_ == phase::ended)
        return;
    if (m.now == detail::native_membership::phase::held)
        m.waiting.push_back(message);
    else
        pass_on(m, message);
}

UNISONO_DECL std::optional<native_session::conflation> native_session::conflation_of(message const& m) {
    if (m.kind == message_kind::typing)
        return conflation{*m.room, 't' + (m.from ? m.from->client : std::string{})};
    if (m.kind == message_kind::publication && m.offset == 0 && !m.key.empty())
        return conflation{*m.room, 'k' + m.key};
    return std::nullopt;
}

UNISONO_DECL void native_session::pass_on(detail::native_membership& m, message_ptr const& message) {
    using view = detail::native_membership::presence_view;
    switch (m.seen.accept(message->offset)) {
    case arrival::next:
        break;
    case arrival::duplicate:
        return;
    case arrival::gap:
        return drop(find(m.channel), native_unsubscribe::insufficient_state, "a publication is missing");
    }
    switch (message->kind) {
    case message_kind::publication:
        if (!m.echo && message->from == who_)
            return;
        break;
    case message_kind::typing:
        break;
    case message_kind::presence:
        if (m.presence != view::current)
            return;
        break;
    case message_kind::update:
    case message_kind::awareness:
        if (!m.document || m.document->is_behind())
            return; // it has not asked for them, or gets them all at once when there is room
        break;
    }
    // Behind one that waits for room there is only the latest.
    if (!conflated_.empty())
        if (auto const what = conflation_of(*message))
            if (auto const older = conflated_.find(*what); older != conflated_.end()) {
                older->second = message;
                return;
            }
    if (!out_.push(*message, m.alias))
        outbox_full(m, message);
}

UNISONO_DECL void native_session::outbox_full(detail::native_membership& m, message_ptr const& message) {
    constexpr std::size_t max_conflated = 1024;
    if (message->kind == message_kind::update && out_.unread() < options_.limits.unread_replies)
        // It may be larger than the outbox. As an answer it is bounded, too: by what is not read.
        out_.reply(*message, m.alias);
    else if (message->kind == message_kind::update && m.document->fall_behind())
        documents_behind_ = true;
    else if (message->offset != 0 || message->kind == message_kind::update)
        // It may not miss one: it comes back and recovers.
        close(native_close::slow, "reading too slowly");
    else if (auto what = conflation_of(*message); what && conflated_.size() < max_conflated)
        conflated_.insert_or_assign(*std::move(what), message);
    else if (message->kind == message_kind::presence)
        miss_presence(m);
    // What else has no offset may get lost: that is what ephemeral means. Awareness is repeated anyway.
}

UNISONO_DECL void native_session::miss_presence(detail::native_membership& m) {
    m.presence = detail::native_membership::presence_view::missed;
    presence_missed_ = true;
}

UNISONO_DECL void native_session::send_conflated() {
    while (!conflated_.empty()) {
        auto const next = conflated_.begin();
        if (!out_.push(*next->second, find(next->first.first)->alias))
            return;
        conflated_.erase(next);
    }
}

UNISONO_DECL void native_session::refresh_presence(membership_ptr const& m) {
    using view = detail::native_membership::presence_view;
    m->presence = view::fetching;
    at_channel(m->channel, [m](auto& kept, std::string_view name, auto& back) {
        back([m, state = kept.state(name, true)](native_session& self) {
            if (self.find(m->channel) != m)
                return;
            auto const line = detail::encode_native_push("presence", m->channel, state);
            if (self.out_.push(line))
                m->presence = view::current;
            else
                self.miss_presence(*m);
        });
    });
}

UNISONO_DECL void native_session::unsubscribe(std::string_view channel, native_unsubscribe code,
                                              std::string_view reason) {
    if (auto const m = find(channel))
        drop(m, code, reason);
}

UNISONO_DECL void native_session::drop(membership_ptr const& m, native_unsubscribe code,
                                       std::string_view reason) {
    std::string text;
    json::writer w{text};
    w.object([&] {
        w.member("code", static_cast<std::uint16_t>(code));
        w.member("reason", reason);
    });
    out_.reply(detail::encode_native_push("unsubscribed", m->channel, text));
    part(m);
}

} // namespace unisono::inline v0
