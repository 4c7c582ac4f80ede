#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL slot document_store::cut(slot s, std::uint32_t at) {
    return cut(items[s].client, locate(items[s].first()), at);
}

UNISONO_DECL slot document_store::cut(client_index c, struct_index::place place, std::uint32_t at) {
    slot const left = clients[c].structs.at(place);
    // The second part stands behind the first, so that is its origin; both keep the right origin, for they
    // were written at the same place.
    item second = items[left];
    second.clock += at;
    second.length -= at;
    second.set_origin({c, second.clock - 1});
    second.left = left;
    if (!second.is(struct_kind::deleted))
        second.content += at;
    if (second.wide)
        clients[c].content.repair_cut(second.content);

    slot const right = items.make(second);
    items[left].length = at;
    items[left].right = right;
    if (second.right != no_slot)
        items[second.right].left = right;
    else
        types.list(second.list).last = right;
    if (positions.covers(second.list)) {
        std::uint32_t const visible = second.visible_length();
        positions.add(left, 0 - visible);
        positions.insert(second.list, right, left, visible);
    }
    clients[c].structs.insert_after(place, right, items);
    types.list(second.list).flat = false;
    changes.cuts.push_back(second.first());
    changes.loose_ends = true;
    return right;
}

UNISONO_DECL slot document_store::ending_at(element e) {
    auto const place = locate(e);
    slot const s = clients[e.client].structs.at(place);
    item const& it = items[s];
    if (it.end() != e.clock + 1 && !it.is(struct_kind::gc))
        cut(e.client, place, e.clock + 1 - it.clock);
    return s;
}

UNISONO_DECL slot document_store::starting_at(element e) {
    auto const place = locate(e);
    slot const s = clients[e.client].structs.at(place);
    item const& it = items[s];
    return it.clock == e.clock || it.is(struct_kind::gc) ? s : cut(e.client, place, e.clock - it.clock);
}

UNISONO_DECL slot document_store::append(item const& it) {
    slot const s = items.make(it);
    clients[it.client].structs.push_back(s, it.clock);
    changes.loose_ends = true;
    advance(it.client, it.length);
    return s;
}

UNISONO_DECL void document_store::link(slot s, slot left) {
    list_record& list = types.list(items[s].list);
    slot const right = left != no_slot ? items[left].right : list.first;
    if (items[s].origin() || items[s].right_origin())
        list.flat = false;
    items[s].left = left;
    items[s].right = right;
    (left != no_slot ? items[left].right : list.first) = s;
    (right != no_slot ? items[right].left : list.last) = s;
    if (positions.covers(items[s].list))
        positions.insert(items[s].list, s, left, 0);
}

UNISONO_DECL void document_store::join_with_previous(client_index c, struct_index::place place) {
    auto& structs = clients[c].structs;
    slot const l = structs.at(structs.previous(place));
    slot const r = structs.at(place);
    item& left = items[l];
    item const& right = items[r];
    if (cursor.at == r) {
        cursor.at = l;
        cursor.before -= left.length;
    }
    if (left.is(struct_kind::string)) {
        auto const joined = clients[c].content.join_text({left.content, left.wide != 0}, left.length,
                                                         {right.content, right.wide != 0}, right.length);
        left.content = joined.begin;
        left.wide = joined.wide;
    } else if (left.is(struct_kind::any) || left.is(struct_kind::json)) {
        left.content = clients[c].content.join_values(left.content, left.length, right.content, right.length);
    }
    if (!left.is(struct_kind::gc)) {
        left.keep |= right.keep;
        left.right = right.right;
        (right.right != no_slot ? items[right.right].left : types.list(left.list).last) = l;
        if (positions.covers(left.list)) {
            positions.remove(r);
            positions.add(l, right.visible_length());
        }
    }
    left.length += right.length;
    structs.erase(place, items);
    items.free(r);
}

} // namespace unisono::inline v0::yjs::detail
