#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/open_documents.hpp>
#include <unisono/protocol/documents/error.hpp>
#include <unisono/protocol/documents/session.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

// What the host does with documents, and hears of them.

namespace unisono::inline v0::detail {

/// It is called from inside our loops, which a throw would leave half done.
UNISONO_DECL open_documents::host_done open_documents::guarded(host_done done) {
    return [self = shared_from_this(), done = std::move(done)](std::error_code error) {
        self->attempt("done", [&] { done(error); });
    };
}

/// `work` is called with an error when the document will not be served.
UNISONO_DECL void open_documents::when_served(document_ptr const& d, host_done work) {
    switch (d->now) {
    case phase::loading:
        d->early.push_back(std::move(work));
        break;
    case phase::starting:
    case phase::serving:
        work({});
        break;
    case phase::gone:
        work(document_error::removed);
        break;
    }
}

/// As when_served(), behind all changes that were accepted before.
UNISONO_DECL void open_documents::after_changes(document_ptr const& d, host_done work) {
    when_served(d, [self = shared_from_this(), d, work = std::move(work)](std::error_code error) {
        if (error)
            return work(error);
        self->take_in(d);
        // When its turn comes the document may be gone, or loaded again.
        d->room->after_changes([self, d, work] { self->when_served(d, work); });
    });
}

UNISONO_DECL void open_documents::visit(std::string const& name, host_work work, host_done done) {
    auto const d = open(name);
    ++d->busy;
    auto const leave = [self = shared_from_this(), d,
                        done = guarded(std::move(done))](std::error_code error) {
        --d->busy;
        d->idle_since = self->options_.clock->now();
        done(error);
    };
    // Who brings us here may have changed the document before, and that is stored first.
    after_changes(d, [self = shared_from_this(), d, work = std::move(work), leave](std::error_code error) {
        if (error)
            return leave(error);
        bool const good = self->attempt("with_document", [&] { work(d->room->document()); });
        d->room->settle([leave, good](std::error_code unsettled) {
            leave(unsettled || good ? unsettled : document_error::edit_threw);
        });
    });
}

UNISONO_DECL void open_documents::import(std::string const& name, payload update, host_done done) {
    auto const d = open(name);
    when_served(d, [self = shared_from_this(), d, update = std::move(update),
                    done = guarded(std::move(done))](std::error_code error) {
        if (error)
            return done(error);
        self->take_in(d);
        auto const taken = [self, d, update] { self->changed(*d, update); };
        auto const applied = d->room->apply(update, taken, done);
        if (!applied)
            done(applied.error());
    });
}

UNISONO_DECL void open_documents::allow(std::string const& name, std::string const& user,
                                        document_notice const& notice) {
    auto const d = find(name);
    if (!d)
        return;
    for (auto const& [id, peer] : d->peers) {
        auto const session = peer->session.lock();
        if (!session || (session->who_ ? session->who_->user : std::string{}) != user)
            continue;
        session->access_ = notice.access;
        if (notice.access == document_access::none)
            session->dismissed_ = true;
        notify(session, notice);
    }
}

UNISONO_DECL void open_documents::notify(session_ptr const& to, document_notice notice) {
    relay_.run_on(to->where_, [to, notice = std::move(notice)] {
        if (auto const reader = to->listener_.lock(); reader && !to->closed_)
            reader->on_notice(notice);
    });
}

/// The document has taken in an update: everybody else is told.
UNISONO_DECL void open_documents::changed(open_document& d, payload update, document_session const* from) {
    if (d.now == phase::gone)
        return;
    d.changed = options_.clock->now();
    if (options_.hooks.on_change && !d.changed_since)
        d.changed_since = d.changed;
    broadcast(d, message_kind::update, std::move(update), from);
}

UNISONO_DECL void open_documents::tell_change(document_ptr const& d) {
    d->room->when_settled([self = shared_from_this(), d, room = d->room.get()] {
        if (d->now != phase::serving || d->room.get() != room) // it is, or was, loaded again
            return;
        if (!std::exchange(d->changed_since, std::nullopt))
            return;
        self->attempt("on_change", [&] { self->options_.hooks.on_change(d->name, d->room->document()); });
        d->room->settle([](std::error_code) {});
    });
}

UNISONO_DECL void open_documents::note_throw(char const* hook, char const* what) const {
    options_.log->write(severity::error, "document", "a hook threw", {{"hook", hook}, {"reason", what}});
}

UNISONO_DECL documents_inspection open_documents::inspect(std::size_t index, std::size_t largest) const {
    documents_inspection seen;
    auto const now = options_.clock->now();
    for (auto const& [name, d] : shards_[index]) {
        auto const stored = d->room->figures();
        document_inspection one{.name = name,
                                .loading = d->now == phase::loading,
                                .clients = d->peers.size(),
                                .bytes = d->room->document().size(),
                                .unconfirmed = stored.unconfirmed,
                                .waiting = d->early.size(),
                                .log_records = stored.log_records,
                                .log_bytes = stored.log_bytes,
                                .snapshot_bytes = stored.snapshot_bytes,
                                .quarantined = stored.quarantined};
        if (d->changed)
            one.stored_ago = std::chrono::duration_cast<std::chrono::milliseconds>(now - *d->changed);
        ++seen.documents;
        seen.clients += one.clients;
        seen.bytes += one.bytes;
        seen.unconfirmed += one.unconfirmed;
        seen.largest.push_back(std::move(one));
    }
    seen.keep_largest(largest);
    return seen;
}

} // namespace unisono::inline v0::detail
