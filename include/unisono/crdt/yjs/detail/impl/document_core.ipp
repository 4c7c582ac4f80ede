#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/cleanup.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
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
    if (depth_++ == 0) {
        origin_ = from;
        local_ = local;
        store.forgets_at_once = gc_;
    }
}

UNISONO_DECL void document_core::commit() {
    if (--depth_ > 0)
        return;
    store.changes.sort(store.clients);
    clean_up();
    if (!local_) {
        client_index const own = store.clients.find(client_id_);
        if (own != no_client && store.clients[own].advanced)
            client_id_ = new_client_id(); // somebody else uses it
    }
    tell_update();
}

UNISONO_DECL void document_core::clean_up() {
    if (gc_)
        collect_garbage(store);
    join_runs(store);
    compact_content(store);
}

UNISONO_DECL void document_core::tell_update() {
    bool const tell = !update_listeners.empty() && !store.changes.empty();
    if (!tell || telling_) {
        if (tell) {
            untold_.push_back({{}, origin_, local_});
            encode_changes(store, untold_.back().bytes);
        }
        store.changes.clear(store.clients);
        return;
    }
    update_.clear();
    encode_changes(store, update_);
    store.changes.clear(store.clients);

    struct telling {
        bool& flag;
        explicit telling(bool& f) noexcept : flag(f) { flag = true; }
        ~telling() { flag = false; }
    } const now{telling_};
    update_listeners.call({update_.view(), origin_, local_});
    while (!untold_.empty()) {
        auto const next = std::move(untold_.front());
        untold_.pop_front();
        update_listeners.call({next.bytes.view(), next.origin, next.local});
    }
}

UNISONO_DECL result<void> document_core::apply_update(bytes_view update, origin from) {
    scope transaction{*this, from, false};
    auto const applied = applier.apply(store, update);
    transaction.end();
    return applied;
}

} // namespace unisono::inline v0::yjs::detail
