#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/answers.hpp>
#include <unisono/protocol/documents/detail/open_documents.hpp>
#include <unisono/protocol/documents/detail/text.hpp>
#include <unisono/protocol/documents/session.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// What clients ask of documents.

namespace unisono::inline v0::detail {

UNISONO_DECL void open_documents::receive(session_ptr const& from, document_request request,
                                          document_done done) {
    if (from->dismissed_) // it may not even open the document
        return answer({from, nullptr, {}, std::move(done)}, document_unavailable("dismissed"));
    auto const d = open(from->document_);
    auto& peer = d->peers[from->id_];
    if (!peer)
        peer = std::make_shared<document_peer>(document_peer{from});
    question q{from, peer, std::move(request), std::move(done)};
    if (d->now != phase::serving || peer->is_held_up()) {
        if (peer->waiting_bytes + cost_of(q.what) > options_.early_bytes)
            return answer(q, document_unavailable("too much was sent before it could be looked at"));
        peer->waiting_bytes += cost_of(q.what);
        q.counted = true;
    }
    take_turn(d, std::move(q));
}

/// Now, or behind what the same client asked before.
UNISONO_DECL void open_documents::take_turn(document_ptr const& d, question q) {
    auto const peer = q.peer; // hold_up() lets go of it
    if (peer->is_held_up())
        return peer->hold_up(std::move(q));
    if (d->now == phase::serving)
        return handle(d, std::move(q));
    when_served(d, [self = shared_from_this(), d, q = std::move(q)](std::error_code error) {
        if (error)
            self->answer(q, document_unavailable("the document cannot be loaded"));
        else if (q.peer->is_held_up())
            q.peer->hold_up(q);
        else
            self->handle(d, q);
    });
}

UNISONO_DECL void open_documents::leave(std::string const& name, std::uint64_t peer) {
    auto const d = find(name);
    if (!d || d->peers.erase(peer) == 0)
        return;
    auto const now = options_.clock->now();
    if (auto gone = d->who.remove_peer(peer, now); !gone.empty())
        broadcast(*d, message_kind::awareness, payload{gone}, nullptr);
    if (d->peers.empty())
        d->idle_since = now;
}

UNISONO_DECL void open_documents::handle(document_ptr const& d, question q) {
    if (std::exchange(q.counted, false))
        q.peer->waiting_bytes -= cost_of(q.what);
    if (q.from->dismissed_ || d->now == phase::gone)
        return answer(q, document_unavailable("dismissed"));
    if (q.from->access_ == document_access::none)
        return answer(q, {.failure = document_failure::refused, .why = "permission denied"});
    switch (q.what.verb) {
    case document_verb::greet:
        take_in(d);
        // What we ask for may name changes that are not stored yet: the client has them, or will get them
        // when they are.
        return answer(q, {.vector = payload{d->room->document().state_vector()},
                          .awareness = payload{d->who.encode()}});
    case document_verb::sync:
        take_in(d);
        return sync(d, q);
    case document_verb::change:
        return change(d, std::move(q));
    case document_verb::awareness:
        // A cursor stands in text that may have come just before it.
        if (!d->gathered.empty())
            return gather(d, std::move(q));
        return answer(q, take_awareness(*d, q));
    }
}

UNISONO_DECL void open_documents::sync(document_ptr const& d, question const& q) {
    auto& document = d->room->document();
    auto missing = document.missing(q.what.data.view());
    if (!missing)
        return answer(q, document_refusal("malformed state vector", missing.error()));
    auto parts = document.split(*std::move(missing), options_.part_bytes);
    payload last = std::move(parts.back());
    parts.pop_back();
    document_answer const found{.earlier = std::move(parts),
                                .missing = std::move(last),
                                .vector = payload{document.state_vector()},
                                .awareness = q.what.everybody ? payload{d->who.encode()} : payload{}};
    d->room->settle([self = shared_from_this(), d, q, found](std::error_code error) {
        if (!error)
            self->answer(q, found);
        else if (d->now == phase::gone)
            self->answer(q, document_unavailable("the document is gone"));
        else // what was found is not stored, and the document is loaded again
            self->take_turn(d, q);
    });
}

UNISONO_DECL document_answer open_documents::take_awareness(open_document& d, question const& q) {
    if (!d.peers.contains(q.from->id_)) // it left while the document was loaded, and its cursors with it
        return {};
    auto const applied = d.who.apply(q.what.data.view(), q.from->id_, options_.clock->now());
    if (!applied)
        return document_refusal("awareness refused", applied.error());
    if (!applied->relay.empty())
        broadcast(d, message_kind::awareness, payload{applied->relay}, q.from.get());
    return {.awareness = payload{applied->reply}};
}

UNISONO_DECL void open_documents::broadcast(open_document& d, message_kind kind, payload data,
                                            document_session const* from) {
    relay_.publish(d.name, {.data = std::move(data),
                            .binary = true,
                            .ephemeral = true,
                            .kind = kind,
                            .from = from ? from->who_ : nullptr,
                            .exclude = from ? from->reader_ : nullptr});
}

UNISONO_DECL void open_documents::answer(question const& q, document_answer what) {
    executor& where = relay_.shard(q.from->where_);
    if (where.running_here())
        q.done(what);
    else
        where.post([q, what = std::move(what)] { q.done(what); });
}

} // namespace unisono::inline v0::detail
