#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>

#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Marks one item. Returns whether it holds a type, whose content is to follow.
UNISONO_DECL bool erase_one(document_store& store, slot s) {
    item& it = store.items[s];
    if (it.deleted)
        return false;
    if (it.countable())
        store.add_visible(s, 0 - it.length);
    it.deleted = true;
    store.changes.add_deleted({it.client, it.clock, it.end()});
    store.changes.loose_ends = true;
    store.note_change(it.list);
    if (it.is(struct_kind::doc))
        store.changes.remove_document(it.first());
    return it.is(struct_kind::type);
}

UNISONO_DECL void erase(document_store& store, slot s) {
    if (!erase_one(store, s))
        return;
    // Types nest as deep as somebody cares to send, so the way down is a list and not the call stack. What is
    // inside of a child goes before the next one, as in Yjs: an undo brings things back in that order.
    struct level {
        slot child;      // next,
        list_index keys; // and then the values of these
    };
    std::vector<level> way;
    auto const enter = [&](slot holder) {
        type_record const& type = store.types[store.items[holder].content];
        way.push_back({store.types.list(type.children).first, type.first_key});
    };
    auto const next_child = [&](level& at) {
        if (at.child != no_slot)
            return std::exchange(at.child, store.items[at.child].right);
        auto const& values = store.types.list(at.keys);
        at.keys = values.next_key;
        return values.last;
    };
    enter(s);
    while (!way.empty()) {
        if (way.back().child == no_slot && way.back().keys == no_index) {
            way.pop_back();
            continue;
        }
        slot const child = next_child(way.back());
        if (child == no_slot) // a key that never had a value
            continue;
        item const& it = store.items[child];
        if (it.deleted) {
            // Becomes forgotten together with its parent, and could then join its neighbours.
            if (!store.is_new(it.first()))
                store.changes.cuts.push_back(it.first());
        } else if (erase_one(store, child)) {
            enter(child);
        }
    }
}

/// Would these two, of which one is deleted, be one run if both were?
UNISONO_DECL bool would_join(item const& left, slot right_slot, item const& right) noexcept {
    return left.right == right_slot && right.origin() == left.last() &&
           left.right_origin() == right.right_origin() && !left.redone && !right.redone && !left.keep &&
           !right.keep;
}

/// Notes that the first or last `count` elements of a run became part of the deleted run beside it.
UNISONO_DECL void note_shift(document_store& store, slot s, element_range range) {
    item const& run = store.items[s];
    std::uint32_t const count = range.end - range.clock;
    content_heap& heap = store.clients[range.client].content;
    if (run.wide)
        heap.repair_cut(run.clock < range.clock ? run.content + (range.clock - run.clock)
                                                : run.content + count);
    heap.forget(count);
    store.add_visible(s, 0 - count);
    store.changes.loose_ends |= store.notes_changes && heap.wasteful();
    store.note_deleted(range);
}

UNISONO_DECL bool shift_boundary(document_store& store, struct_index::place place, element_range range) {
    if (!store.forgets_at_once)
        return false;
    auto& structs = store.clients[range.client].structs;
    item& run = store.items[structs.at(place)];
    std::uint32_t const count = range.end - range.clock;
    if (run.deleted || !is_run(run.content_kind()) || count >= run.length)
        return false;
    if (range.end == run.end() && !structs.is_last(place)) {
        auto const beside = structs.next(place);
        item& deleted = store.items[structs.at(beside)];
        if (!deleted.is(struct_kind::deleted) || !would_join(run, structs.at(beside), deleted))
            return false;
        note_shift(store, structs.at(place), range);
        run.length -= count;
        deleted.clock -= count;
        deleted.length += count;
        deleted.set_origin(run.last());
        structs.moved(beside, deleted.clock);
        return true;
    }
    if (range.clock == run.clock && !structs.is_first(place)) {
        item& deleted = store.items[structs.at(structs.previous(place))];
        if (!deleted.is(struct_kind::deleted) || !would_join(deleted, structs.at(place), run))
            return false;
        note_shift(store, structs.at(place), range);
        deleted.length += count;
        run.clock += count;
        run.length -= count;
        run.content += count;
        run.set_origin(deleted.last());
        structs.moved(place, run.clock);
        return true;
    }
    return false;
}

UNISONO_DECL void erase_range(document_store& store, element_range range) {
    auto& structs = store.clients[range.client].structs;
    auto place = structs.find(range.clock, store.items);
    if (shift_boundary(store, place, range))
        return;
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
