#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/changed_types.hpp>

#include <algorithm>
#include <unordered_set>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL std::vector<type_index> changed_types(document_store const& store, journal const& changes) {
    auto const is_new = [&](element e) {
        return std::any_of(changes.advanced.begin(), changes.advanced.end(), [&](client_advance const& a) {
            return a.client == e.client && a.before <= e.clock;
        });
    };
    std::vector<type_index> changed;
    std::unordered_set<type_index> known;
    for (list_index list : changes.lists) {
        type_index type = store.types.list(list).type;
        if (slot const owner = store.types[type].owner;
            owner != no_slot && (store.items[owner].deleted || is_new(store.items[owner].first())))
            continue;
        while (known.insert(type).second) {
            changed.push_back(type);
            slot const owner = store.types[type].owner;
            if (owner == no_slot)
                break;
            type = store.types.list(store.items[owner].list).type;
        }
    }
    return changed;
}

} // namespace unisono::inline v0::yjs::detail
