#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/error.hpp>
#include <unisono/protocol/documents/detail/open_documents.hpp>
#include <unisono/protocol/documents/session.hpp>

#include <string>
#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL document_answer document_refusal(std::string_view what, std::error_code error) {
    return {.failure =
                error == condition::too_large ? document_failure::too_large : document_failure::invalid,
            .why = std::string{what} + ": " + error.message()};
}

UNISONO_DECL document_answer document_unavailable(std::string_view why) {
    return {.failure = document_failure::unavailable, .why = std::string{why}};
}

UNISONO_DECL open_documents::open_documents(std::vector<executor*> shards, document_store& store,
                                            document_service_options const& options)
    : options_(options),
      store_(store),
      relay_(shards, {.history = {.messages = 0}, .clock = options.clock, .log = options.log}),
      shards_(shards.size()) {}

UNISONO_DECL open_documents::document_ptr open_documents::find(std::string const& name) {
    auto& documents = documents_of(name);
    auto const found = documents.find(name);
    return found == documents.end() ? nullptr : found->second;
}

UNISONO_DECL open_documents::document_ptr open_documents::open(std::string const& name) {
    if (auto d = find(name))
        return d;
    executor& home = relay_.shard(relay_.owner_of(name));
    auto d = std::make_shared<open_document>(
        std::make_shared<document_room>(name, store_, home, *options_.log, options_.document),
        options_.awareness);
    documents_of(name).emplace(name, d);
    d->room->load([self = shared_from_this(), d](std::error_code error) { self->on_loaded(d, error); });
    return d;
}

UNISONO_DECL void open_documents::on_loaded(document_ptr const& d, std::error_code error) {
    auto const early = std::exchange(d->early, {});
    if (error) {
        documents_of(d->room->name()).erase(d->room->name()); // the next request loads what is really stored
        for (auto const& q : early)
            answer(q, document_unavailable("the document cannot be loaded"));
        return;
    }
    for (auto const& q : early)
        handle(d, q);
}

UNISONO_DECL void open_documents::receive(session_ptr const& from, document_request request,
                                          document_done done) {
    question q{from, std::move(request), std::move(done)};
    auto const d = open(from->document_);
    auto& early_bytes = d->peers[from->id_];
    if (d->room->status() != document_room::state::loading)
        return handle(d, q);
    early_bytes += cost_of(q.what);
    if (early_bytes > options_.early_bytes)
        answer(q, document_unavailable("too much was sent before the document was loaded"));
    else
        d->early.push_back(std::move(q));
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

UNISONO_DECL void open_documents::handle(document_ptr const& d, question const& q) {
    if (q.from->dismissed_)
        return answer(q, document_unavailable("dismissed"));
    switch (q.what.verb) {
    case document_verb::greet:
        // What we ask for may name changes that are not stored yet: the client has them, or will get them
        // when they are.
        return answer(q, {.vector = payload{d->room->document().state_vector()},
                          .awareness = payload{d->who.encode()}});
    case document_verb::sync:
        return answer(q, sync(*d, q.what.data.view()));
    case document_verb::change:
        return change(d, q);
    case document_verb::compare: {
        auto const anything_new = d->room->document().is_new(q.what.data.view());
        return answer(q, anything_new ? document_answer{.known = !*anything_new}
                                      : document_refusal("update refused", anything_new.error()));
    }
    case document_verb::awareness:
        return answer(q, take_awareness(*d, q));
    }
}

UNISONO_DECL document_answer open_documents::sync(open_document& d, bytes_view state_vector) {
    auto const missing = d.room->document().missing(state_vector);
    if (!missing)
        return document_refusal("malformed state vector", missing.error());
    return {.missing = payload{*missing},
            .vector = payload{d.room->document().state_vector()},
            .awareness = payload{d.who.encode()}};
}

UNISONO_DECL void open_documents::change(document_ptr const& d, question const& q) {
    auto const applied = d->room->apply(q.what.data, [self = shared_from_this(), d,
                                                      q](std::error_code error) {
        if (!error)
            self->broadcast(*d, message_kind::update, q.what.data, q.from.get());
        // Otherwise the client keeps its change, and offers it again later.
        self->answer(q, error ? document_unavailable("the change cannot be stored now") : document_answer{});
    });
    if (!applied)
        answer(q, document_refusal("update refused", applied.error()));
    else if (!*applied) // nothing new
        answer(q, {});
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
    relay_.publish(d.room->name(), {.data = std::move(data),
                                    .binary = true,
                                    .ephemeral = true,
                                    .kind = kind,
                                    .from = from ? from->who_ : nullptr,
                                    .exclude = from ? from->reader_ : nullptr});
}

UNISONO_DECL void open_documents::tick(std::size_t index) {
    auto const now = options_.clock->now();
    std::vector<document_ptr> idle;
    for (auto const& [name, d] : shards_[index]) {
        if (auto gone = d->who.expire(now); !gone.empty())
            broadcast(*d, message_kind::awareness, payload{gone}, nullptr);
        if (d->peers.empty() && !d->leaving && d->room->at_rest() &&
            now - d->idle_since >= options_.unload_after)
            idle.push_back(d);
    }
    for (auto const& d : idle)
        put_away(d);
    relay_.sweep(index);
}

UNISONO_DECL void open_documents::put_away(document_ptr const& d) {
    d->leaving = true;
    d->room->put_away([self = shared_from_this(), d] {
        d->leaving = false;
        if (d->peers.empty() && d->room->at_rest()) // somebody may have come meanwhile
            self->documents_of(d->room->name()).erase(d->room->name());
    });
}

UNISONO_DECL void open_documents::clear() {
    for (auto& documents : shards_)
        documents.clear();
}

UNISONO_DECL void open_documents::answer(question const& q, document_answer what) {
    relay_.shard(q.from->where_).dispatch([q, what = std::move(what)] { q.done(what); });
}

} // namespace unisono::inline v0::detail
