#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/error.hpp>
#include <unisono/protocol/y_websocket/detail/documents.hpp>
#include <unisono/protocol/y_websocket/detail/frames.hpp>
#include <unisono/protocol/y_websocket/session.hpp>

#include <utility>

namespace unisono::inline v0::detail {

/// How a connection ends that sent what cannot be accepted.
UNISONO_DECL close_code close_code_for(std::error_code error) {
    return error == condition::too_large ? close_code::message_too_big : close_code::invalid_payload;
}

UNISONO_DECL y_documents::y_documents(std::vector<executor*> shards, document_store& store,
                                      y_websocket_options const& options)
    : options_(options),
      store_(store),
      relay_(shards, {.history = {.messages = 0}, .clock = options.clock, .log = options.log}),
      shards_(shards.size()) {}

UNISONO_DECL y_documents::document_ptr y_documents::find(std::string const& name) {
    auto& documents = documents_of(name);
    auto const found = documents.find(name);
    return found == documents.end() ? nullptr : found->second;
}

UNISONO_DECL y_documents::document_ptr y_documents::open(std::string const& name) {
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

UNISONO_DECL void y_documents::on_loaded(document_ptr const& d, std::error_code error) {
    if (error) {
        give_up(d, "the document cannot be loaded");
        return;
    }
    for (auto const& [id, peer] : d->peers)
        greet(*d, peer);
    auto const early = std::exchange(d->early, {});
    d->early_bytes.clear();
    for (auto const& [peer, frame] : early)
        if (!peer->dismissed_ && d->peers.contains(peer->id_))
            handle(d, peer, frame);
}

UNISONO_DECL void y_documents::join(std::string const& name, session_ptr peer) {
    auto const d = open(name);
    d->peers.emplace(peer->id_, peer);
    if (d->room->status() == document_room::state::live)
        greet(*d, peer);
}

UNISONO_DECL void y_documents::greet(open_document& d, session_ptr const& peer) {
    // What we ask for may name changes that are not stored yet: the peer has them, or will get them when they
    // are.
    answer(peer, y_sync_frame(y_sync::step1, d.room->document().state_vector()));
    if (auto const states = d.who.encode(); !states.empty())
        answer(peer, y_awareness_frame(states));
}

UNISONO_DECL void y_documents::leave(std::string const& name, std::uint64_t peer) {
    auto const d = find(name);
    if (!d || d->peers.erase(peer) == 0)
        return;
    auto const now = options_.clock->now();
    if (auto gone = d->who.remove_peer(peer, now); !gone.empty())
        broadcast(*d, message_kind::awareness, payload{gone}, nullptr);
    if (d->peers.empty())
        d->idle_since = now;
}

UNISONO_DECL void y_documents::receive(std::string const& name, session_ptr const& peer, payload frame) {
    auto const d = find(name);
    if (!d || peer->dismissed_ || !d->peers.contains(peer->id_))
        return;
    if (d->room->status() == document_room::state::loading) {
        auto& bytes = d->early_bytes[peer->id_];
        bytes += frame.size();
        if (bytes > options_.early_bytes)
            dismiss(peer, close_code::try_again_later, "too much was sent before the document was loaded");
        else
            d->early.emplace_back(peer, std::move(frame));
        return;
    }
    handle(d, peer, frame);
}

UNISONO_DECL void y_documents::handle(document_ptr const& d, session_ptr const& peer, payload const& frame) {
    lib0_reader in{frame.view()};
    switch (auto const type = in.var_uint(); static_cast<y_message>(in.ok() ? type : 0)) {
    case y_message::sync:
        on_sync(d, peer, in);
        break;
    case y_message::awareness: {
        auto const update = in.var_bytes();
        if (in.ok())
            on_awareness(d, peer, update);
        break;
    }
    case y_message::query_awareness:
        if (auto const states = d->who.encode(); !states.empty())
            answer(peer, y_awareness_frame(states));
        break;
    default: // messages of later versions, and those that only servers send
        break;
    }
    if (!in.ok())
        dismiss(peer, close_code_for(in.error()), "malformed message: " + in.error().message());
}

UNISONO_DECL void y_documents::on_sync(document_ptr const& d, session_ptr const& peer, lib0_reader& in) {
    auto const type = in.var_uint();
    auto const body = in.var_bytes();
    if (!in.ok())
        return;
    switch (static_cast<y_sync>(type > 2 ? 255 : type)) {
    case y_sync::step1:
        if (auto const update = d->room->document().missing(body))
            answer(peer, y_sync_frame(y_sync::step2, *update));
        else
            dismiss(peer, close_code_for(update.error()),
                    "malformed state vector: " + update.error().message());
        break;
    case y_sync::step2:
    case y_sync::update:
        on_update(d, peer, body);
        break;
    default:
        dismiss(peer, close_code::invalid_payload, "unknown sync message");
    }
}

UNISONO_DECL void y_documents::on_update(document_ptr const& d, session_ptr const& peer, bytes_view update) {
    payload const received{update};
    auto const applied =
        d->room->apply(received, [self = shared_from_this(), d, peer, received](std::error_code error) {
            if (error) // it keeps its change, and offers it again when it is back
                self->dismiss(peer, close_code::try_again_later, "the change cannot be stored now");
            else
                self->broadcast(*d, message_kind::update, received, peer.get());
        });
    if (!applied)
        dismiss(peer, close_code_for(applied.error()), "update refused: " + applied.error().message());
}

UNISONO_DECL void y_documents::on_awareness(document_ptr const& d, session_ptr const& peer,
                                            bytes_view update) {
    auto const applied = d->who.apply(update, peer->id_, options_.clock->now());
    if (!applied) {
        dismiss(peer, close_code_for(applied.error()), "awareness refused: " + applied.error().message());
        return;
    }
    if (!applied->reply.empty())
        answer(peer, y_awareness_frame(applied->reply));
    if (!applied->relay.empty())
        broadcast(*d, message_kind::awareness, payload{applied->relay}, peer.get());
}

UNISONO_DECL void y_documents::broadcast(open_document& d, message_kind kind, payload data,
                                         subscriber const* exclude) {
    relay_.publish(
        d.room->name(),
        {.data = std::move(data), .binary = true, .ephemeral = true, .kind = kind, .exclude = exclude});
}

UNISONO_DECL void y_documents::give_up(document_ptr const& d, std::string_view why) {
    auto& documents = documents_of(d->room->name());
    if (auto const found = documents.find(d->room->name()); found != documents.end() && found->second == d)
        documents.erase(found); // the next to come loads what is really stored
    for (auto const& [id, peer] : std::exchange(d->peers, {}))
        dismiss(peer, close_code::try_again_later, why);
}

UNISONO_DECL void y_documents::tick(std::size_t index) {
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

UNISONO_DECL void y_documents::put_away(document_ptr const& d) {
    d->leaving = true;
    d->room->put_away([self = shared_from_this(), d] {
        d->leaving = false;
        if (d->peers.empty() && d->room->at_rest()) // somebody may have come meanwhile
            self->documents_of(d->room->name()).erase(d->room->name());
    });
}

UNISONO_DECL void y_documents::clear() {
    for (auto& documents : shards_)
        documents.clear();
}

UNISONO_DECL void y_documents::answer(session_ptr const& peer, payload frame) {
    relay_.shard(peer->where_).dispatch([peer, frame = std::move(frame)] { peer->send(frame); });
}

UNISONO_DECL void y_documents::dismiss(session_ptr const& peer, close_code code, std::string_view why) {
    peer->dismissed_ = true; // what is still under way from there is not worth the work
    relay_.shard(peer->where_).dispatch([peer, code, why = std::string{why}] { peer->refuse(code, why); });
}

} // namespace unisono::inline v0::detail
