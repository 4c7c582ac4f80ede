#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::yjs::detail {

/// So many items somebody walks past before it pays to have an index, and before it pays to ask it.
inline constexpr int short_walk = 32;
inline constexpr int short_look = 4;

UNISONO_DECL void cover(document_store& store, list_index list) {
    if (!store.positions.covers(list))
        store.positions.build(list, store.types.list(list).first, store.items);
}

/// Walks so far at most from the cursor to the element.
UNISONO_DECL bool walk_to(document_store const& store, sequence_cursor& cursor, std::uint32_t index,
                          int patience) {
    auto const& items = store.items;
    slot at = cursor.at;
    std::uint32_t before = cursor.before;
    for (int steps = 0; steps < patience; ++steps) {
        std::uint32_t const visible = items[at].visible_length();
        if (index >= before && index - before < visible) {
            cursor.at = at;
            cursor.before = before;
            return true;
        }
        if (index < before) {
            at = items[at].left;
            before -= items[at].visible_length();
        } else {
            before += visible;
            at = items[at].right;
        }
    }
    return false;
}

UNISONO_DECL element_position find_element(document_store& store, type_index type, std::uint32_t index) {
    sequence_cursor& cursor = store.cursor;
    list_index const list = store.types[type].children;
    slot const first = store.types.list(list).first;
    if (cursor.type != type || index < cursor.before / 2)
        cursor = {type, first, 0};
    if (!walk_to(store, cursor, index, store.positions.covers(list) ? short_look : short_walk)) {
        cover(store, list);
        auto const [at, before] = store.positions.find(list, index);
        cursor = {type, at, before};
    }
    return {cursor.at, index - cursor.before};
}

UNISONO_DECL std::uint32_t elements_before(document_store& store, slot s) {
    list_index const list = store.items[s].list;
    std::uint32_t passed = 0;
    slot at = s;
    for (int steps = 0; steps < short_walk; ++steps) {
        if (at == store.cursor.at && store.cursor.type != no_index)
            return store.cursor.before + passed;
        at = store.items[at].left;
        if (at == no_slot)
            return passed;
        passed += store.items[at].visible_length();
    }
    cover(store, list);
    return store.positions.before(s);
}

/// Finds the items near the first of them. False: they are not all there.
UNISONO_DECL bool collect_near(document_store const& store, std::vector<slot>& slots) {
    auto wanted = slots;
    std::sort(wanted.begin(), wanted.end());
    auto const is_wanted = [&](slot s) { return std::binary_search(wanted.begin(), wanted.end(), s); };
    slot first = slots.front();
    int steps = 0;
    for (slot s = first; s != no_slot && steps < short_walk; s = store.items[s].left, ++steps) {
        if (is_wanted(s))
            first = s;
    }
    std::vector<slot> ordered;
    for (slot s = first; s != no_slot && steps < 2 * short_walk && ordered.size() < slots.size();
         s = store.items[s].right, ++steps) {
        if (is_wanted(s))
            ordered.push_back(s);
    }
    if (ordered.size() < slots.size())
        return false;
    slots = std::move(ordered);
    return true;
}

UNISONO_DECL void sort_by_place(document_store& store, std::vector<slot>& slots) {
    if (slots.size() < 2 || (slots.size() <= short_walk && collect_near(store, slots)))
        return;
    cover(store, store.items[slots.front()].list);
    std::sort(slots.begin(), slots.end(), [&](slot a, slot b) { return store.positions.precedes(a, b); });
}

UNISONO_DECL element_position find_edge(document_store& store, type_index type, std::uint32_t index) {
    if (index == 0) {
        store.cursor = {}; // it may stand behind what changes now
        return {store.types.list(store.types[type].children).first, 0};
    }
    auto const [at, offset] = find_element(store, type, index - 1);
    return {at, offset + 1};
}

UNISONO_DECL list_position find_gap(document_store& store, type_index type, std::uint32_t index) {
    auto const [at, offset] = find_edge(store, type, index);
    if (offset == 0)
        return {no_slot, at};
    if (offset < store.items[at].length)
        store.cut(at, offset);
    return {at, store.items[at].right};
}

} // namespace unisono::inline v0::yjs::detail
