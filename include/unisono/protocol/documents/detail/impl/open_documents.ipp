#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/error.hpp>
#include <unisono/protocol/documents/detail/open_documents.hpp>
#include <unisono/protocol/documents/error.hpp>
#include <unisono/protocol/documents/session.hpp>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

// How a document comes and goes.

namespace unisono::inline v0::detail {

UNISONO_DECL open_documents::open_documents(std::vector<executor*> shards, document_store& store,
                                            document_service_options const& options)
    : options_(options),
      store_(store),
      relay_(shards, {.settings =
                          [pace = options.pace](std::string_view) {
                              return room_settings{.history = {.messages = 0}, .pace = pace};
                          },
                      .clock = options.clock,
                      .log = options.log}),
      shards_(shards.size()) {
    for (auto* const shard : shards)
        gates_.push_back(std::make_shared<reply_gate>(*shard));
}

UNISONO_DECL open_documents::document_ptr open_documents::find(std::string const& name) {
    auto& documents = documents_of(name);
    auto const found = documents.find(name);
    return found == documents.end() ? nullptr : found->second;
}

UNISONO_DECL open_documents::document_ptr open_documents::open(std::string const& name) {
    if (auto d = find(name))
        return d;
    auto const d = std::make_shared<open_document>(name, options_.awareness);
    d->idle_since = options_.clock->now();
    documents_of(name).emplace(name, d);
    load(d);
    return d;
}

UNISONO_DECL void open_documents::load(document_ptr const& d) {
    d->now = phase::loading;
    document_room_events events;
    events.edited = [this, weak = std::weak_ptr{d}](payload const& update) {
        if (auto const document = weak.lock())
            changed(*document, update);
    };
    events.lost = [this, weak = std::weak_ptr{d}](std::error_code error) {
        auto const document = weak.lock();
        if (!document || document->now == phase::gone)
            return;
        // What is in memory is more than what is stored. Nobody was told of it: from the beginning. Or they
        // were: then they have to bring it again.
        if (options_.document.durability == document_durability::before_relay)
            load(document);
        else
            give_up(document, error);
    };
    if (options_.hooks.on_store)
        events.compacted = [this, weak = std::weak_ptr{d}](payload const& snapshot) {
            if (auto const document = weak.lock(); document && document->now != phase::gone)
                attempt("on_store", [&] { options_.hooks.on_store(document->name, snapshot); });
        };
    d->room = std::make_shared<document_room>(d->name, store_, home_of(d->name), *options_.log,
                                              options_.document, std::move(events));
    d->room->load([self = shared_from_this(), d](std::error_code error) { self->on_loaded(d, error); });
}

UNISONO_DECL void open_documents::on_loaded(document_ptr const& d, std::error_code error) {
    if (d->now == phase::gone)
        return;
    if (error)
        give_up(d, error);
    else if (d->room->is_unwritten() && options_.hooks.on_create)
        create(d);
    else
        begin(d);
}

UNISONO_DECL void open_documents::create(document_ptr const& d) {
    auto const fill = [self = shared_from_this(), d](result<payload> const& content) {
        if (d->now == phase::gone)
            return;
        if (!content)
            return self->give_up(d, content.error());
        if (content->empty())
            return self->begin(d);
        auto const stored = [self, d](std::error_code error) {
            if (d->now != phase::gone)
                error ? self->give_up(d, error) : self->begin(d);
        };
        auto const applied = d->room->apply(
            *content, [] {}, stored);
        if (!applied)
            self->give_up(d, applied.error());
    };
    // When it throws, its reply goes with it, and says so.
    attempt("on_create", [&] { options_.hooks.on_create(d->name, {gate_of(*d), fill}); });
}

UNISONO_DECL void open_documents::begin(document_ptr const& d) {
    if (options_.hooks.on_load &&
        !attempt("on_load", [&] { options_.hooks.on_load(d->name, d->room->document()); }))
        return give_up(d, document_error::refused);
    d->room->settle([self = shared_from_this(), d](std::error_code error) {
        if (d->now == phase::loading)
            error ? self->give_up(d, error) : self->serve(d);
    });
}

UNISONO_DECL void open_documents::serve(document_ptr const& d) {
    d->now = phase::starting; // what comes while others have their turn stands behind them
    while (!d->early.empty() && d->now == phase::starting) {
        auto const next = std::move(d->early.front());
        d->early.pop_front();
        next({});
    }
    if (d->now == phase::starting)
        d->now = phase::serving;
    d->served = true;
}

UNISONO_DECL void open_documents::forget(open_document& d) {
    d.now = phase::gone;
    auto& documents = documents_of(d.name);
    documents.erase(d.name);
    if (documents.empty())
        documents.rehash(0); // the table of a rush goes, too
}

UNISONO_DECL void open_documents::give_up(document_ptr const& d, std::error_code error) {
    options_.log->write(severity::error, "document", "a document cannot be served",
                        {{"reason", error.message()}});
    d->room->retire();
    forget(*d); // the next request loads what is really stored
    // Who was served holds something, and would wait for more; the others hear it as an answer.
    for (auto const& session : put_out(*d))
        if (d->served)
            notify(session, {.exit = document_exit::unavailable, .reason = "the document cannot be loaded"});
        else
            relay_.run_on(session->where_, [session] { session->close(); });
    for (auto const& waiting : std::exchange(d->early, {}))
        waiting(error);
}

/// Nothing is done any more for those who have the document open.
UNISONO_DECL std::vector<open_documents::session_ptr> open_documents::put_out(open_document& d) {
    std::vector<session_ptr> out;
    for (auto const& [id, peer] : d.peers)
        if (auto session = peer->session.lock()) {
            session->dismissed_ = true;
            out.push_back(std::move(session));
        }
    return out;
}

UNISONO_DECL void open_documents::remove(std::string const& name, host_done done) {
    if (auto const d = find(name))
        close_as_removed(d);
    // Behind what was being stored: that goes, too.
    store_.remove(name, home_of(name),
                  [done = guarded(std::move(done))](result<void> const& removed) { done(removed.error()); });
}

UNISONO_DECL void open_documents::remove_everywhere(std::string const& name, host_done done) {
    auto const d = open(name);
    when_served(d, [self = shared_from_this(), d, done = guarded(std::move(done))](std::error_code error) {
        if (error)
            return done(error);
        self->take_in(d);
        d->now = phase::loading; // until it is over everybody waits
        auto const is_there = [d, room = d->room] { return d->now != phase::gone && d->room == room; };
        auto const removed = [self, d, is_there, done](result<void> const& stored) {
            if (is_there())
                stored ? self->close_as_removed(d) : self->serve(d);
            done(stored.error());
        };
        auto const settled = [self, d, is_there, removed](std::error_code unsettled) {
            if (unsettled || !is_there()) // then it is loaded again, or gone
                return removed(unsettled ? unsettled : document_error::removed);
            auto const erasure = d->room->document().erasure();
            executor& home = self->home_of(d->name);
            if (erasure.empty() || d->room->is_unwritten())
                self->store_.remove(d->name, home, removed);
            else
                self->store_.compact(d->name, d->room->document().format(), erasure, d->room->last_seq(),
                                     home, removed);
        };
        d->room->after_changes([room = d->room, settled] { room->settle(settled); });
    });
}

UNISONO_DECL void open_documents::close_as_removed(document_ptr const& d) {
    d->room->retire();
    forget(*d);
    for (auto const& session : put_out(*d))
        notify(session, {.exit = document_exit::removed, .reason = "the document was removed"});
    for (auto const& waiting : std::exchange(d->early, {}))
        waiting(document_error::removed);
}

UNISONO_DECL void open_documents::tick(std::size_t index) {
    auto const now = options_.clock->now();
    std::vector<document_ptr> changed;
    for (auto const& [name, d] : shards_[index]) {
        if (auto gone = d->who.expire(now); !gone.empty())
            broadcast(*d, message_kind::awareness, payload{gone}, nullptr);
        if (d->changed_since && d->now == phase::serving &&
            (now - *d->changed >= options_.times.quiet || now - *d->changed_since >= options_.times.longest))
            changed.push_back(d);
    }
    for (auto const& d : changed)
        tell_change(d);
    evict(index);
    relay_.sweep(index);
}

UNISONO_DECL void open_documents::evict(std::size_t index) {
    auto const now = options_.clock->now();
    std::size_t bytes = 0;
    std::vector<document_ptr> idle;
    for (auto const& [name, d] : shards_[index]) {
        if (!d->leaving)
            bytes += d->room->document().size();
        if (d->is_idle())
            idle.push_back(d);
    }
    std::sort(idle.begin(), idle.end(),
              [](auto const& a, auto const& b) { return a->idle_since < b->idle_since; });
    for (auto const& d : idle) {
        if (now - d->idle_since < options_.unload_after && bytes <= options_.memory_budget)
            break;
        bytes -= std::min(bytes, d->room->document().size());
        put_away(d);
    }
}

UNISONO_DECL void open_documents::put_away(document_ptr const& d) {
    d->leaving = true;
    tell_change(d);
    auto const compacted = [self = shared_from_this(), d] {
        d->leaving = false;
        if (!d->is_idle() || d->changed_since) // somebody may have come meanwhile
            return;
        self->forget(*d);
        if (self->options_.hooks.on_unload)
            self->attempt("on_unload", [&] { self->options_.hooks.on_unload(d->name); });
    };
    d->room->settle([d, compacted](std::error_code) { d->room->compact(compacted); });
}

UNISONO_DECL void open_documents::clear() {
    for (auto const& gate : gates_)
        gate->shut();
    for (auto& documents : shards_)
        for (auto const& entry : std::exchange(documents, {})) {
            open_document& d = *entry.second;
            bool const served = std::exchange(d.now, phase::gone) == phase::serving;
            d.early.clear(); // what waits holds the document
            d.gathered.clear();
            d.room->abandon();
            if (served && d.changed_since)
                attempt("on_change", [&] { options_.hooks.on_change(d.name, d.room->document()); });
        }
}

} // namespace unisono::inline v0::detail
