#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL element_position find_element(document_store& store, type_index type, std::uint32_t index) {
    auto const& items = store.items;
    sequence_cursor& cursor = store.cursor;
    if (cursor.type != type || index < cursor.before / 2)
        cursor = {type, store.types.list(store.types[type].children).first, 0};
    slot at = cursor.at;
    std::uint32_t before = cursor.before;
    while (before > index) {
        at = items[at].left;
        if (items[at].visible())
            before -= items[at].length;
    }
    for (;; at = items[at].right) {
        if (!items[at].visible())
            continue;
        if (index - before < items[at].length)
            break;
        before += items[at].length;
    }
    cursor.at = at;
    cursor.before = before;
    return {at, index - before};
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
