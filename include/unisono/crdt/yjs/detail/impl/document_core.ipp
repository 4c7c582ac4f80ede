#pragma once

#include <unisono/codec/lib0_any.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/cleanup.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/detail/format_cleanup.hpp>
#include <unisono/crdt/yjs/detail/keystroke.hpp>
#include <unisono/crdt/yjs/detail/state_encoder.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

/// Items hold clocks in 32 bits.
UNISONO_DECL update_limits held(update_limits limits) noexcept {
    limits.clock = std::min<std::uint64_t>(limits.clock, 0xffff'ffff);
    return limits;
}

UNISONO_DECL document_core::document_core(document_options options)
    : applier(held(options.limits), options.waiting_bytes),
      random_(options.random != nullptr ? *options.random : system_random()),
      client_id_(options.client_id ? *options.client_id : new_client_id()),
      clock_limit_(static_cast<std::uint32_t>(held(options.limits).clock)),
      gc_(options.gc) {}

UNISONO_DECL std::uint64_t document_core::new_client_id() {
    return random_.next() & 0xffff'ffff;
}

UNISONO_DECL void document_core::commit_quietly() noexcept {
    try {
        commit();
    } catch (...) {
        // The changes are done, and who edited hears of the first mistake.
    }
}

UNISONO_DECL void document_core::begin(origin from, bool local) noexcept {
    if (depth_++ > 0)
        return;
    ++transactions_;
    origin_ = from;
    local_ = local;
    store.notes_changes = true;
    store.notes_lists = is_watched();
    store.forgets_at_once = gc_ && !store.notes_lists;
    if (!transaction_listeners.empty())
        tell_stage(transaction_stage::before, {{}, origin_, local_});
}

UNISONO_DECL void document_core::tell_stage(transaction_stage stage, transaction const& t) noexcept {
    if (!transaction_listeners.empty())
        attempt([&] { transaction_listeners.call({stage, t.origin, t.local, t.changes}); });
}

UNISONO_DECL void document_core::commit() {
    if (--depth_ > 0)
        return;
    if (closing_)
        queue_transaction();
    else
        end();
}

UNISONO_DECL void document_core::end() {
    if (!is_heard() && leaves_nothing())
        store.end_changes();
    else
        finish();
}

UNISONO_DECL void document_core::finish() {
    struct closing {
        bool& flag;
        explicit closing(bool& f) noexcept : flag(f) { flag = true; }
        ~closing() { flag = false; }
    };
    {
        closing const now{closing_};
        if (is_watched() || !store.changes.documents.empty() || (!local_ && touches_formatted_text(store))) {
            queue_transaction();
        } else {
            store.changes.sort(store.clients);
            clean_up(store.changes, local_);
            store.end_changes();
            tell_update(origin_, local_);
        }
        for (; !closing_transactions_.empty(); closing_transactions_.pop_front())
            close(closing_transactions_.front());
    }
    if (failure_)
        std::rethrow_exception(std::exchange(failure_, nullptr));
}

UNISONO_DECL void document_core::queue_transaction() {
    bool const cleans_formats = !local_ && touches_formatted_text(store);
    auto& ended = closing_transactions_.emplace_back(transaction{{}, origin_, local_, cleans_formats});
    store.take_changes(ended.changes);
}

UNISONO_DECL void document_core::close(transaction& ended) {
    ended.changes.note_deletion_order(store.clients);
    ended.changes.sort(store.clients);
    tell_stage(transaction_stage::before_observers, ended);
    observers.call(*this, ended);
    tell_stage(transaction_stage::after_observers, ended);
    if (ended.cleans_formats)
        transact(nullptr, [&] { clean_up_formats(store, ended.changes); });
    auto const subdocuments = describe_subdocuments(ended);
    clean_up(ended.changes, ended.local);
    if (!observers.empty())
        observers.tidy(store.types);
    tell_stage(transaction_stage::after_cleanup, ended);
    tell_update(ended.origin, ended.local);
    documents.update(ended.changes.documents);
    if (!ended.changes.documents.empty() && !subdocument_listeners.empty())
        attempt([&] { subdocument_listeners.call(subdocuments); });
}

UNISONO_DECL subdocument document_core::read_subdocument(element at) const {
    item const& it = store.items[store.find(at)];
    if (!it.is(struct_kind::doc))
        return {};
    lib0_reader in{store.clients[at.client].content.values(it.content, 1)};
    std::string guid{in.var_string()};
    return {std::move(guid), read_any(in)};
}

UNISONO_DECL subdocuments_event document_core::describe_subdocuments(transaction const& ended) const {
    subdocuments_event event;
    event.origin = ended.origin;
    event.local = ended.local;
    if (subdocument_listeners.empty())
        return event;
    for (document_change const& change : ended.changes.documents) {
        auto& list = change.what == document_change::action::added     ? event.added
                     : change.what == document_change::action::removed ? event.removed
                                                                       : event.loaded;
        list.push_back(read_subdocument(change.at));
    }
    return event;
}

UNISONO_DECL std::vector<journal const*> document_core::later_changes() const {
    std::vector<journal const*> later;
    for (std::size_t i = 1; i < closing_transactions_.size(); ++i)
        later.push_back(&closing_transactions_[i].changes);
    return later;
}

UNISONO_DECL std::uint32_t document_core::end_of_told(client_index c) const {
    for (journal const* later : later_changes()) {
        for (client_advance const& a : later->advanced) {
            if (a.client == c)
                return a.before;
        }
    }
    return store.clients[c].state;
}

UNISONO_DECL bool document_core::inserts_as_self(journal const& changes) const noexcept {
    return std::any_of(changes.advanced.begin(), changes.advanced.end(),
                       [&](client_advance const& a) { return store.clients[a.client].id == client_id_; });
}

UNISONO_DECL void document_core::clean_up(journal& changes, bool local) {
    // What listeners have inserted since is joined here, too, as in Yjs.
    if (changes.loose_ends || closing_transactions_.size() > 1) {
        if (gc_)
            collect_garbage(store, changes);
        join_runs(store, changes);
        compact_content(store, changes);
    }
    if (!local && inserts_as_self(changes))
        client_id_ = new_client_id(); // somebody else uses it
    update_.clear();
    if (update_listeners.empty() || changes.empty())
        return;
    if (!closing_transactions_.empty()) {
        for (journal const* later : later_changes())
            changes.add_clients(*later, store.clients);
    }
    if (!write_keystroke(store, changes, update_))
        encode_changes(store, changes, update_);
}

UNISONO_DECL void document_core::tell_update(origin from, bool local) noexcept {
    if (!update_.empty())
        attempt([&] { update_listeners.call({update_.view(), from, local}); });
}

template <class Apply>
result<void> document_core::take_in(origin from, Apply&& apply) {
    auto const waiting = applier.waiting_bytes();
    scope transaction{*this, from, false};
    auto const applied = std::forward<Apply>(apply)();
    transaction.end();
    if (applied && applier.waiting_bytes() != waiting)
        waiting_listeners.call({applier.missing(), applier.waiting_bytes()});
    return applied;
}

UNISONO_DECL bool document_core::follow(keystroke const& k) {
    if (depth_ > 0 || closing_ || is_heard() || !gc_ || store.types.any_formatted() ||
        (!k.text.empty() && store.clients[k.at.client].id == client_id_))
        return false;
    store.notes_changes = false;
    store.notes_lists = false;
    store.forgets_at_once = true;
    return applier.follow(store, k);
}

UNISONO_DECL result<void> document_core::apply_update(bytes_view update, origin from) {
    if (keystroke k; read_keystroke(update, store.clients, k) && follow(k))
        return {};
    return take_in(from, [&] { return applier.apply(store, update); });
}

UNISONO_DECL result<void> document_core::apply_update_v2(bytes_view update, origin from) {
    return take_in(from, [&] { return applier.apply_v2(store, update); });
}

} // namespace unisono::inline v0::yjs::detail
