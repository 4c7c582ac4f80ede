#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/close.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>
#include <unisono/protocol/native/session.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL native_error native_error_for(document_failure why) noexcept {
    switch (why) {
    case document_failure::invalid:
        return native_error::invalid_update;
    case document_failure::too_large:
        return native_error::payload_too_large;
    case document_failure::read_only:
    case document_failure::refused:
        return native_error::permission_denied;
    default:
        return native_error::backend_unavailable;
    }
}

UNISONO_DECL void native_membership::allow_editing(bool edit) {
    access = edit ? document_access::write : document_access::read;
    if (document)
        document->allow(access);
}

UNISONO_DECL void native_membership::on_notice(document_notice const& notice) {
    if (notice.access != document_access::none)
        return;
    bool const comes_back = notice.exit == document_exit::unavailable;
    session->unsubscribe(channel,
                         comes_back ? native_unsubscribe::state_invalidated : native_unsubscribe::kicked,
                         notice.reason);
}

} // namespace detail

UNISONO_DECL void native_session::process_binary(bytes_view message) {
    using detail::native_op;
    auto const in = detail::decode_native_binary(message);
    if (!in)
        return close(native_close::bad_request, "malformed binary message");
    membership_ptr m;
    for (auto const& [name, candidate] : channels_)
        if (candidate->alias == in->alias && in->alias != 0)
            m = candidate;
    auto const op = static_cast<native_op>(in->op);
    auto const verb = op == native_op::message ? detail::native_verb::publish : detail::native_verb::update;
    std::string const channel = m ? m->channel : std::string{};
    if (!may_take({.verb = verb, .id = in->id, .channel = channel, .payload = {}}))
        return;
    if (op < native_op::message || op > native_op::awareness)
        return fail(in->id, channel, native_error::unknown_type);
    if (!m)
        return fail(in->id, {}, native_error::not_subscribed);
    auto const limit = op == native_op::message ? options_.limits.message : options_.limits.update;
    if (in->body.size() > limit)
        return fail(in->id, channel, native_error::payload_too_large);
    if (op == native_op::message)
        return request_publish(in->id, channel, {.data = payload{in->body}, .binary = true, .from = who_});
    if (!options_.documents)
        return fail(in->id, channel, native_error::not_available);
    ask_document(in->id, m, op, in->body, true);
}

UNISONO_DECL void native_session::update(request_id id, std::string_view channel,
                                         detail::native_fields& payload) {
    using detail::native_op;
    if (!options_.documents)
        return fail(id, channel, native_error::not_available);
    auto const wanted = detail::decode_update(payload, options_.limits.update);
    if (!payload.ok())
        return fail(id, channel, {payload.error(), payload.problem()});
    auto const m = find(channel);
    if (!m)
        return fail(id, channel, native_error::not_subscribed);
    if (wanted.op == native_op::sync1 && !id)
        return fail(id, channel,
                    {native_error::bad_request, "sync1 needs an id: its answer is all there is to it"});
    ask_document(id, m, wanted.op, wanted.data, false);
}

UNISONO_DECL void native_session::ask_document(request_id id, membership_ptr const& m, detail::native_op op,
                                               bytes_view data, bool binary) {
    using detail::native_op;
    bool const changes = op == native_op::update || op == native_op::sync2;
    if (!m->document || m->document->is_closed()) {
        m->document =
            std::make_shared<document_session>(*options_.documents, shard_, m->channel, who_, m->access);
        m->document->open(m);
    }
    start(id);
    auto const verb = changes                  ? document_verb::change
                      : op == native_op::sync1 ? document_verb::sync
                                               : document_verb::awareness;
    m->document->ask({verb, unisono::payload{data}, op == native_op::sync1},
                     [weak = weak_from_this(), id, m, op, binary](document_answer const& answer) {
                         if (auto const self = weak.lock(); self && self->phase_ != phase::ended)
                             self->tell_document(id, *m, op, binary, answer);
                     });
}

/// Everything that was not passed on to a client that did not read, as one difference.
UNISONO_DECL void native_session::catch_up(membership_ptr const& m) {
    using detail::native_op;
    m->document->catch_up([weak = weak_from_this(), m](document_answer const& answer) {
        auto const self = weak.lock();
        if (!self || self->phase_ == phase::ended || self->find(m->channel) != m)
            return;
        if (answer.failure != document_failure::none)
            return self->drop(m, native_unsubscribe::state_invalidated, answer.why);
        bool const binary = m->alias != 0;
        for_each_part(answer, [&](payload const& part, std::size_t) {
            self->push_document(*m, native_op::update, part, binary);
        });
        if (!answer.awareness.empty())
            self->push_document(*m, native_op::awareness, answer.awareness, binary);
    });
}

UNISONO_DECL void native_session::push_document(detail::native_membership const& m, detail::native_op op,
                                                payload const& data, bool binary) {
    std::string_view const kind = op == detail::native_op::update ? "update" : "awareness";
    if (binary)
        out_.reply(detail::encode_native_binary(op, m.alias, {}, 0, data.view()));
    else
        out_.reply(
            detail::encode_native_push("update", m.channel, detail::encode_native_update(kind, data.view())));
}

UNISONO_DECL void native_session::tell_document(request_id id, detail::native_membership const& m,
                                                detail::native_op op, bool binary,
                                                document_answer const& answer) {
    using detail::native_op;
    auto const send_binary = [&](detail::native_op what, request_id to, payload const& data) {
        out_.reply(detail::encode_native_binary(what, m.alias, to, 0, data.view()));
    };
    for (payload const& part : answer.earlier)
        push_document(m, native_op::update, part, binary);
    if (answer.failure != document_failure::none)
        fail(id, m.channel, {detail::native_error_for(answer.failure), answer.why});
    else if (op != native_op::sync1) {
        if (!answer.awareness.empty())
            push_document(m, native_op::awareness, answer.awareness, m.alias != 0);
        ack(id, "{}");
    } else if (binary) {
        send_binary(native_op::sync1, {}, answer.vector);
        if (!answer.awareness.empty())
            push_document(m, native_op::awareness, answer.awareness, true);
        send_binary(native_op::sync2, id, answer.missing);
    } else {
        std::string text;
        json::writer w{text};
        w.object([&] {
            w.member("sync2", base64_encode(answer.missing.view()));
            w.member("sync1", base64_encode(answer.vector.view()));
            if (!answer.awareness.empty())
                w.member("awareness", base64_encode(answer.awareness.view()));
        });
        ack(id, text);
    }
    finish(id);
}

} // namespace unisono::inline v0
