#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/integrate.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>
#include <unisono/crdt/yjs/detail/redo.hpp>

#include <vector>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL void keep(document_store& store, slot s, bool kept) noexcept {
    while (s != no_slot && (store.items[s].keep != 0) != kept) {
        store.items[s].keep = kept;
        s = owner_of(store, store.items[s]);
    }
}

UNISONO_DECL element newest_copy(document_store const& store, element e) noexcept {
    while (store.items[store.find(e)].redone)
        e = store.redone.copy_of(e);
    return e;
}

UNISONO_DECL bool redoer::redo(slot s) {
    // Outermost first; types nest as deep as somebody cares to send, so the way up is a list.
    std::vector<slot> missing{s};
    for (slot owner = owner_of(store_, store_.items[s]);
         owner != no_slot && store_.items[owner].deleted && !store_.items[owner].redone;
         owner = owner_of(store_, store_.items[owner])) {
        if (!wanted_.contains(owner))
            return false;
        missing.push_back(owner);
    }
    for (; !missing.empty(); missing.pop_back()) {
        if (!store_.items[missing.back()].redone && !copy(missing.back()))
            return false;
    }
    return true;
}

/// Copies an item into the type that holds it, or the copy of that.
UNISONO_DECL bool redoer::copy(slot s) {
    slot owner = owner_of(store_, store_.items[s]);
    if (owner != no_slot && store_.items[owner].deleted)
        owner = store_.starting_at(newest_copy(store_, store_.items[owner].first()));
    if (owner != no_slot && !store_.items[owner].is(struct_kind::type))
        return false; // forgotten
    list_record const old = store_.types.list(store_.items[s].list);
    type_index const type = owner == no_slot ? old.type : store_.items[owner].content;
    list_index const list = old.keyed() ? store_.types.key_list(type, old.key) : store_.types[type].children;

    list_position at;
    if (old.keyed()) {
        if (!place_of_key(s, owner, list, at.left))
            return false;
    } else {
        for (slot l = store_.items[s].left; l != no_slot && at.left == no_slot; l = store_.items[l].left)
            at.left = copy_in(l, owner);
        for (slot r = s; r != no_slot && at.right == no_slot; r = store_.items[r].right)
            at.right = copy_in(r, owner);
    }

    item it = new_item(core_, list, at, store_.items[s].content_kind(), store_.items[s].length);
    copy_content(s, it);
    it.keep = true;
    store_.items[s].redone = true;
    store_.redone.add(store_.items[s].first(), it.first());
    keep(store_, owner, true);
    place_item(store_, it, find_place(store_, it, at.left, at.right));
    return true;
}

/// The item itself or that one of its copies that stands in the type which `owner` holds; none if there is
/// no such.
UNISONO_DECL slot redoer::copy_in(slot s, slot owner) {
    for (;;) {
        item const& it = store_.items[s];
        if (it.is(struct_kind::gc))
            return no_slot;
        if (owner_of(store_, it) == owner)
            return s;
        if (!it.redone)
            return no_slot;
        s = store_.starting_at(store_.redone.copy_of(it.first()));
    }
}

/// Finds what the value of a key is to replace. False when somebody else has set the key since.
UNISONO_DECL bool redoer::place_of_key(slot s, slot owner, list_index list, slot& left) {
    slot const newest = store_.types.list(list).last;
    left = newest;
    if (overwrite_ || store_.items[s].right == no_slot)
        return true;
    left = s;
    for (slot next = store_.items[left].right; next != no_slot; next = store_.items[left].right) {
        if (!store_.items[next].redone && !unwanted_(store_.items[next].first()))
            return false;
        left = store_.starting_at(newest_copy(store_, store_.items[next].first()));
        if (store_.items[left].is(struct_kind::gc))
            return false;
    }
    // In another type it would mislead others: https://github.com/yjs/yjs/issues/757
    if (owner_of(store_, store_.items[left]) != owner)
        left = newest;
    return true;
}

UNISONO_DECL void redoer::copy_content(slot s, item& it) {
    item const& old = store_.items[s];
    content_heap const& from = store_.clients[old.client].content;
    content_heap& to = store_.clients[it.client].content;
    switch (old.content_kind()) {
    case struct_kind::string: {
        auto const place = to.copy_text(from, {old.content, old.wide != 0}, old.length);
        it.content = place.begin;
        it.wide = place.wide;
        break;
    }
    case struct_kind::type: {
        // Empty: what was inside is brought back item by item.
        type_record const type = store_.types[old.content];
        it.content = store_.types.make(type.kind, type.name, no_slot);
        break;
    }
    case struct_kind::deleted:
        it.deleted = true;
        break;
    default:
        it.content = to.copy_values(from, old.content, old.length);
    }
}

} // namespace unisono::inline v0::yjs::detail
