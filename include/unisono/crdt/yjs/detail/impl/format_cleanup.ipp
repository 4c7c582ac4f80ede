#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/attributes.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/format_cleanup.hpp>

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Calls `each(slot)` for the structs that have elements in the range; stops when it returns false.
template <class Each>
bool each_struct(document_store const& store, element_range range, Each&& each) {
    auto const& structs = store.clients[range.client].structs;
    for (auto place = structs.find(range.clock, store.items);; place = structs.next(place)) {
        slot const s = structs.at(place);
        if (store.items[s].clock >= range.end)
            return true;
        if (!each(s))
            return false;
        if (structs.is_last(place))
            return true;
    }
}

UNISONO_DECL bool touches_formatted_text(document_store const& store) {
    if (!store.types.any_formatted())
        return false;
    list_index last = no_index;
    auto const is_untouched = [&](slot s) {
        item const& it = store.items[s];
        if (it.is(struct_kind::gc) || it.list == last)
            return true;
        last = it.list;
        type_record const& type = store.types[store.types.list(it.list).type];
        return !type.formatted || !is_text(type.kind) || store.is_deleted(type) ||
               (type.owner != no_slot && store.is_new(store.items[type.owner].first()));
    };
    auto const& changes = store.changes;
    return !std::all_of(changes.advanced.begin(), changes.advanced.end(), [&](client_advance const& a) {
        return each_struct(store, {a.client, a.before, store.clients[a.client].state}, is_untouched);
    }) || !std::all_of(changes.deleted.begin(), changes.deleted.end(), [&](element_range const& range) {
        return each_struct(store, range, is_untouched);
    });
}

/// Of the format items in the gap around an item, those of a key in front of the last one say nothing.
UNISONO_DECL void clean_gap_around(document_store& store, slot s) {
    for (slot next = store.items[s].right; next != no_slot && !store.items[next].visible();
         next = store.items[next].right)
        s = next;
    std::vector<std::string_view> keys;
    for (; s != no_slot && !store.items[s].visible(); s = store.items[s].left) {
        if (store.items[s].deleted || !store.items[s].is(struct_kind::format))
            continue;
        std::string_view const key = read_mark(store, store.items[s]).key;
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            keys.push_back(key);
        else
            erase(store, s);
    }
}

UNISONO_DECL void clean_front(document_store& store, type_index type) {
    slot const first = store.types.list(store.types[type].children).first;
    slot end = first;
    while (end != no_slot && !store.items[end].visible())
        end = store.items[end].right;
    if (end != no_slot)
        clean_gap(store, no_slot, first);
}

UNISONO_DECL void clean_up_formats(document_store& store, journal const& changes) {
    std::unordered_set<type_index> reformatted;
    std::vector<type_index> in_order; // the same: what is deleted first is told first
    auto const reformat = [&](type_index type) {
        if (reformatted.insert(type).second)
            in_order.push_back(type);
    };
    auto const type_at = [&](slot s) { return store.types.list(store.items[s].list).type; };
    for (auto const [client, before] : changes.advanced) {
        each_struct(store, {client, before, store.clients[client].state}, [&](slot s) {
            if (!store.items[s].deleted && store.items[s].is(struct_kind::format))
                reformat(type_at(s));
            return true;
        });
    }
    for (client_index client : changes.deleted_clients) {
        auto range = std::partition_point(changes.deleted.begin(), changes.deleted.end(), [&](auto const& r) {
            return store.clients[r.client].id > store.clients[client].id;
        });
        for (; range != changes.deleted.end() && range->client == client; ++range) {
            each_struct(store, *range, [&](slot s) {
                if (store.items[s].is(struct_kind::gc) || !store.types[type_at(s)].formatted ||
                    reformatted.contains(type_at(s)))
                    return true;
                if (store.items[s].is(struct_kind::format))
                    reformat(type_at(s));
                else
                    clean_gap_around(store, s);
                return true;
            });
        }
    }
    for (type_index type : in_order)
        clean_front(store, type);
}

} // namespace unisono::inline v0::yjs::detail
