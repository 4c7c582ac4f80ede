#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/answers.hpp>
#include <unisono/protocol/documents/detail/open_documents.hpp>
#include <unisono/protocol/documents/detail/text.hpp>
#include <unisono/protocol/documents/session.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

// How documents take in what clients change.

namespace unisono::inline v0::detail {

UNISONO_DECL void open_documents::change(document_ptr const& d, question q) {
    bool const may_write = q.from->access_ == document_access::write;
    if (may_write && !options_.hooks.validate)
        return gather(d, std::move(q));
    if (!may_write)
        take_in(d); // it may offer what another one has just said
    auto const anything_new = d->room->document().is_new(q.what.data.view());
    if (!anything_new)
        return answer(q, document_refusal("update refused", anything_new.error()));
    if (may_write)
        return *anything_new ? validate(d, q) : gather(d, std::move(q));
    d->room->confirm([self = shared_from_this(), q, known = !*anything_new](std::error_code error) {
        self->answer(q, {.failure = document_failure::read_only,
                         .why = "this document may only be read",
                         .known = known && !error});
    });
}

UNISONO_DECL void open_documents::validate(document_ptr const& d, question const& q) {
    q.peer->asking = true;
    ++d->busy;
    auto const go_on = [self = shared_from_this(), d, q](result<void> const& allowed) {
        self->when_served(d, [self, d, q, allowed](std::error_code) { self->decide(d, q, allowed); });
    };
    // When it throws, its reply goes with it, and refuses the change.
    attempt("validate", [&] {
        options_.hooks.validate({d->name, q.what.data.view(), q.from->who_.get()}, {gate_of(*d), go_on});
    });
}

/// Goes on with a client whose change the host has looked at.
UNISONO_DECL void open_documents::decide(document_ptr const& d, question const& q, result<void> allowed) {
    --d->busy;
    q.peer->asking = false;
    if (allowed)
        gather(d, q);
    else
        answer(q, {.failure = document_failure::refused,
                   .why = std::string{text_or(allowed.error().message(), "the change was refused")}});
    auto& peer = *q.peer;
    if (std::exchange(peer.resuming, true))
        return; // a host that answers at once: the loop below is under way
    while (!peer.waiting.empty() && !peer.asking) {
        auto next = std::move(peer.waiting.front());
        peer.waiting.pop_front();
        next.peer = q.peer;
        handle(d, std::move(next));
    }
    peer.resuming = false;
}

/// What comes in a turn of the loop becomes one change, which is stored and told to everybody once.
UNISONO_DECL void open_documents::gather(document_ptr const& d, question q) {
    if (d->gathered.empty())
        home_of(d->name).post([self = shared_from_this(), d] { self->take_in(d); });
    d->gathered.push_back(std::move(q));
}

UNISONO_DECL void open_documents::take_in(document_ptr const& d) {
    std::vector<question> wanted;
    std::vector<question> later;
    for (auto& q : std::exchange(d->gathered, {})) {
        if (d->now == phase::gone) {
            answer(q, document_unavailable("the document is gone"));
        } else if (d->now == phase::loading) { // it is loaded again
            take_turn(d, std::move(q));
        } else if (q.what.verb == document_verb::awareness) {
            later.push_back(std::move(q));
        } else if (auto const wants = d->room->wants(q.what.data.view()); wants) {
            (*wants ? wanted : later).push_back(std::move(q));
        } else {
            answer(q, document_refusal("update refused", wants.error()));
        }
    }
    for (auto first = wanted.begin(); first != wanted.end();) {
        std::size_t bytes = first->what.data.size();
        auto last = std::next(first);
        while (last != wanted.end() && (bytes += last->what.data.size()) <= options_.part_bytes)
            ++last;
        store(d, {std::make_move_iterator(first), std::make_move_iterator(last)});
        first = last;
    }
    for (auto const& q : later)
        if (q.what.verb == document_verb::awareness)
            answer(q, take_awareness(*d, q));
        else
            d->room->confirm(
                [self = shared_from_this(), q](std::error_code error) { self->answer_stored(q, error); });
}

/// Precondition: the room wants all of them.
UNISONO_DECL void open_documents::store(document_ptr const& d, std::vector<question> together) {
    payload update = together.front().what.data;
    if (together.size() > 1) {
        std::vector<payload> updates;
        updates.reserve(together.size());
        for (auto const& q : together)
            updates.push_back(q.what.data);
        update = d->room->document().merge(updates);
        if (update.empty()) {
            for (auto& q : together)
                store(d, {std::move(q)});
            return;
        }
    }
    bool const of_one = std::all_of(together.begin(), together.end(),
                                    [&](question const& q) { return q.from == together.front().from; });
    auto taken = [self = shared_from_this(), d, update, from = of_one ? together.front().from : nullptr] {
        self->changed(*d, update, from.get());
    };
    auto stored = [self = shared_from_this(), together = std::make_shared<std::vector<question> const>(
                                                  std::move(together))](std::error_code error) {
        for (auto const& q : *together)
            self->answer_stored(q, error);
    };
    d->room->take(update, std::move(taken), std::move(stored));
}

UNISONO_DECL void open_documents::answer_stored(question const& q, std::error_code error) {
    // Otherwise the client keeps its change, and offers it again later.
    answer(q,
           error ? document_unavailable("the change cannot be stored now") : document_answer{.known = true});
}

} // namespace unisono::inline v0::detail
