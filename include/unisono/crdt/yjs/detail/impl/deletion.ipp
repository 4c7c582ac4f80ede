#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>

#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Marks one item. Returns whether it holds a type, whose content is to follow.
UNISONO_DECL bool erase_one(document_store& store, slot s) {
    item& it = store.items[s];
    if (it.deleted)
        return false;
    if (auto const& list = store.types.list(it.list); it.countable() && !list.keyed())
        store.types[list.type].length -= it.length;
    it.deleted = true;
    store.changes.add_deleted(it);
    return it.is(struct_kind::type);
}

UNISONO_DECL void erase(document_store& store, slot s) {
    if (!erase_one(store, s))
        return;
    // Types nest as deep as somebody cares to send, so the way down is a list and not the call stack.
    std::vector<slot> holders{s};
    auto const erase_child = [&](slot child) {
        item const& it = store.items[child];
        if (it.deleted) {
            // Becomes forgotten together with its parent, and could then join its neighbours.
            auto const& client = store.clients[it.client];
            if (it.clock < (client.advanced ? client.state_before : client.state))
                store.changes.cuts.push_back(it.first());
        } else if (erase_one(store, child)) {
            holders.push_back(child);
        }
    };
    while (!holders.empty()) {
        type_record const& type = store.types[store.items[holders.back()].content];
        holders.pop_back();
        for (slot child = store.types.list(type.children).first; child != no_slot;
             child = store.items[child].right)
            erase_child(child);
        for (list_index l = type.first_key; l != no_index; l = store.types.list(l).next_key) {
            if (slot const value = store.types.list(l).last; value != no_slot)
                erase_child(value);
        }
    }
}

UNISONO_DECL void erase_range(document_store& store, element_range range) {
    auto& structs = store.clients[range.client].structs;
    auto place = structs.find(range.clock, store.items);
    slot s = structs.at(place);
    if (!store.items[s].deleted && store.items[s].clock < range.clock) {
        s = store.cut(range.client, place, range.clock - store.items[s].clock);
        place = structs.find(range.clock, store.items);
    }
    for (;;) {
        if (!store.items[s].deleted) {
            if (store.items[s].end() > range.end)
                store.cut(range.client, place, range.end - store.items[s].clock);
            erase(store, s);
        }
        if (store.items[s].end() >= range.end)
            return;
        place = structs.next(place);
        s = structs.at(place);
    }
}

} // namespace unisono::inline v0::yjs::detail
