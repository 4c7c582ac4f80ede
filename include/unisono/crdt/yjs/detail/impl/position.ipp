#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>

namespace unisono::inline v0::yjs::detail {

/// Walks from the cursor to the element; gives up after a while.
UNISONO_DECL bool walk_to(document_store const& store, sequence_cursor& cursor, std::uint32_t index) {
    constexpr int patience = 32;
    auto const& items = store.items;
    slot at = cursor.at;
    std::uint32_t before = cursor.before;
    for (int steps = 0; steps < patience; ++steps) {
        std::uint32_t const visible = items[at].visible() ? items[at].length : 0;
        if (index >= before && index - before < visible) {
            cursor.at = at;
            cursor.before = before;
            return true;
        }
        if (index < before) {
            at = items[at].left;
            before -= items[at].visible() ? items[at].length : 0;
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
    if (!walk_to(store, cursor, index)) {
        if (!store.positions.covers(list))
            store.positions.build(list, first, store.items);
        auto const [at, before] = store.positions.find(list, index);
        cursor = {type, at, before};
    }
    return {cursor.at, index - cursor.before};
}

UNISONO_DECL std::uint32_t elements_before(document_store& store, slot s) {
    list_index const list = store.items[s].list;
    if (!store.positions.covers(list))
        store.positions.build(list, store.types.list(list).first, store.items);
    return store.positions.before(s);
}

UNISONO_DECL list_position find_gap(document_store& store, type_index type, std::uint32_t index) {
    if (index == 0)
        return {no_slot, store.types.list(store.types[type].children).first};
    auto const [left, offset] = find_element(store, type, index - 1);
    if (offset + 1 < store.items[left].length)
        store.cut(left, offset + 1);
    return {left, store.items[left].right};
}

} // namespace unisono::inline v0::yjs::detail
