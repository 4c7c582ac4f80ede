#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/cleanup.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL void forget_content(document_store& store, item& it, std::vector<type_index>& types) {
    if (it.is(struct_kind::type))
        types.push_back(it.content);
    else if (!it.is(struct_kind::deleted) && !it.is(struct_kind::gc))
        store.clients[it.client].content.forget(it.length);
    it.content = 0;
    it.wide = false;
}

UNISONO_DECL void forget_place(document_store& store, item& it, std::vector<type_index>& types) {
    forget_content(store, it, types);
    it = forgotten(it);
}

/// Forgets all that the types on the list hold, and the types.
UNISONO_DECL void forget_types(document_store& store, std::vector<type_index>& types) {
    while (!types.empty()) {
        type_index const type = types.back();
        types.pop_back();
        auto const forget_list = [&](list_index l) {
            store.positions.drop(l);
            for (slot s = store.types.list(l).first; s != no_slot;) {
                slot const next = store.items[s].right;
                forget_place(store, store.items[s], types);
                s = next;
            }
        };
        forget_list(store.types[type].children);
        for (list_index l = store.types[type].first_key; l != no_index; l = store.types.list(l).next_key)
            forget_list(l);
        if (store.cursor.type == type)
            store.cursor = {};
        store.types.free(type);
    }
}

UNISONO_DECL void forget(document_store& store, item& it) {
    std::vector<type_index> types;
    forget_place(store, it, types);
    forget_types(store, types);
}

UNISONO_DECL void collect_garbage(document_store& store, journal const& changes) {
    std::vector<type_index> types;
    for (element_range const& range : changes.deleted) {
        auto& structs = store.clients[range.client].structs;
        for (auto place = structs.find(range.clock, store.items);; place = structs.next(place)) {
            item& it = store.items[structs.at(place)];
            if (it.clock >= range.end)
                break;
            if (it.deleted && !it.keep && !it.is(struct_kind::deleted) && !it.is(struct_kind::gc)) {
                forget_content(store, it, types);
                it.kind = static_cast<std::uint32_t>(struct_kind::deleted);
                forget_types(store, types);
            }
            if (structs.is_last(place))
                break;
        }
    }
}

UNISONO_DECL void compact_content(document_store& store, client_index c) {
    client_record& client = store.clients[c];
    content_heap kept;
    // In the order of the clocks, so that runs which can be joined stay neighbours.
    client.structs.for_each({0, 0}, [&](slot s) {
        item& it = store.items[s];
        if (it.is(struct_kind::string)) {
            auto const place = kept.copy_text(client.content, {it.content, it.wide != 0}, it.length);
            it.content = place.begin;
        } else if (!it.is(struct_kind::deleted) && !it.is(struct_kind::gc) && !it.is(struct_kind::type)) {
            it.content = kept.copy_values(client.content, it.content, it.length);
        }
    });
    client.content = std::move(kept);
}

UNISONO_DECL void compact_content(document_store& store, journal const& changes) {
    for (element_range const& range : changes.deleted) {
        if (store.clients[range.client].content.wasteful())
            compact_content(store, range.client);
    }
}

/// Joins from the struct at `place` leftwards: tries all down to the first one that begins at `clock` or
/// later, and goes on behind that for as long as structs join.
UNISONO_DECL void join_down_to(document_store& store, client_index c, struct_index::place place,
                               std::uint32_t clock) {
    auto const& structs = store.clients[c].structs;
    bool joined = false;
    for (slot s = structs.at(place); joined || store.items[s].clock >= clock;) {
        if (structs.is_first(place))
            return;
        auto const previous = structs.previous(place);
        slot const left = structs.at(previous);
        joined = store.joins(left, s);
        if (joined)
            store.join_with_previous(c, place);
        place = previous;
        s = left;
    }
}

UNISONO_DECL void join_runs(document_store& store, journal const& changes) {
    for (auto range = changes.deleted.rbegin(); range != changes.deleted.rend(); ++range) {
        auto& structs = store.clients[range->client].structs;
        auto place = structs.find(range->end - 1, store.items);
        if (!structs.is_last(place))
            place = structs.next(place);
        join_down_to(store, range->client, place, range->clock);
    }
    for (auto const [c, before] : changes.advanced) {
        // What was there before was tried when it came; a longer run joins what it joined then.
        auto const& structs = store.clients[c].structs;
        if (store.items[structs.back()].clock >= before)
            join_down_to(store, c, structs.last(), before);
    }
    for (auto cut = changes.cuts.rbegin(); cut != changes.cuts.rend(); ++cut) {
        auto const& structs = store.clients[cut->client].structs;
        auto const place = structs.find(cut->clock, store.items);
        join_down_to(store, cut->client, structs.is_last(place) ? place : structs.next(place),
                     store.items[structs.at(place)].clock);
    }
}

} // namespace unisono::inline v0::yjs::detail
