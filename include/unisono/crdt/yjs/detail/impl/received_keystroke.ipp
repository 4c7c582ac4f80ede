#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/integrate.hpp>
#include <unisono/crdt/yjs/detail/received_keystroke.hpp>
#include <unisono/crdt/yjs/detail/typing.hpp>

#include <cstdint>

namespace unisono::inline v0::yjs::detail {

/// Is that the next thing its author may have written, and is there room for it?
UNISONO_DECL bool comes_next(document_store const& store, keystroke const& k,
                             update_limits const& limits) noexcept {
    client_record const& author = store.clients[k.at.client];
    return k.at.clock == author.state && std::uint64_t{k.at.clock} + k.text.size() <= limits.clock &&
           author.content.size() < no_slot / 2 && store.items.size() < no_slot / 2;
}

/// Is what the text stands beside known, or is there nothing?
UNISONO_DECL bool is_known(document_store const& store, element beside) noexcept {
    return !beside || beside.clock < store.clients[beside.client].state;
}

/// Are all elements of a range known?
UNISONO_DECL bool is_known(document_store const& store, element_range const& range) noexcept {
    return range.end <= store.clients[range.client].state;
}

/// What was typed, as any other struct.
UNISONO_DECL struct_view typed(document_store const& store, keystroke const& k) noexcept {
    struct_view s;
    s.client = store.clients[k.at.client].id;
    s.clock = k.at.clock;
    s.length = k.text.size();
    s.kind = struct_kind::string;
    if (k.origin)
        s.origin = store.id_of(k.origin);
    if (k.right_origin)
        s.right_origin = store.id_of(k.right_origin);
    s.content = as_bytes(k.text);
    return s;
}

UNISONO_DECL bool follow_keystroke(document_store& store, keystroke const& k, update_limits const& limits) {
    if (k.text.empty() != k.erases()) // both, or none
        return false;
    if (!k.text.empty()) {
        if (!comes_next(store, k, limits) || k.origin != element{k.at.client, k.at.clock - 1})
            return false;
        slot const last = store.clients[k.at.client].structs.back();
        return store.items[last].right_origin() == k.right_origin && type_on(store, last, k.text);
    }
    // A heap of which so much is forgotten is compacted at the end of a transaction.
    return is_known(store, k.deleted) && !store.clients[k.deleted.client].content.wasteful() &&
           shift_boundary(store, store.locate({k.deleted.client, k.deleted.clock}), k.deleted);
}

UNISONO_DECL bool apply_keystroke(document_store& store, keystroke const& k, update_limits const& limits) {
    if (k.erases() && !is_known(store, k.deleted))
        return false;
    if (!k.text.empty()) {
        // What its author wrote before is known; so nothing beside it is from later.
        if (!comes_next(store, k, limits) || !is_known(store, k.origin) || !is_known(store, k.right_origin))
            return false;
        integrate(store, k.at.client, typed(store, k));
    }
    if (k.erases())
        erase_range(store, k.deleted);
    return true;
}

} // namespace unisono::inline v0::yjs::detail
