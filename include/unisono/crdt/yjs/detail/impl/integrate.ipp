#pragma once

#include <unisono/codec/lib0_any.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/integrate.hpp>
#include <unisono/crdt/yjs/detail/struct_check.hpp>
#include <unisono/crdt/yjs/detail/subdocuments.hpp>

#include <optional>
#include <string_view>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL std::optional<id> unmet_dependency(document_store const& store, struct_view const& s) {
    auto const unmet = [&](id const& reference) {
        if (reference.client == s.client)
            return false;
        client_index const c = store.clients.find(reference.client);
        return c == no_client || reference.clock >= store.clients[c].state;
    };
    if (s.origin && unmet(*s.origin))
        return s.origin;
    if (s.right_origin && unmet(*s.right_origin))
        return s.right_origin;
    if (s.has_parent && !s.parent.is_root && unmet(s.parent.owner))
        return s.parent.owner;
    return std::nullopt;
}

/// The place among items of which none knew of another one, in the order of their clients.
UNISONO_DECL slot find_place_among_equals(document_store& store, item const& it) {
    auto const& items = store.items;
    std::uint64_t const client = store.clients[it.client].id;
    auto const goes_first = [&](slot other) { return store.clients[items[other].client].id < client; };
    slot const first = store.types.list(it.list).first;
    if (!store.positions.covers(it.list)) {
        constexpr int patience = 32;
        slot left = no_slot;
        slot next = first;
        for (int steps = 0; steps < patience; ++steps) {
            if (next == no_slot || !goes_first(next))
                return left;
            left = next;
            next = items[next].right;
        }
        store.positions.build(it.list, first, items);
    }
    return store.positions.last_of(it.list, goes_first);
}

UNISONO_DECL slot find_place(document_store& store, item const& it, slot left, slot right) {
    auto const& items = store.items;
    if (store.types.list(it.list).flat && left == no_slot && right == no_slot)
        return find_place_among_equals(store, it);
    slot next = left != no_slot ? items[left].right : store.types.list(it.list).first;
    if (next == right)
        return left; // nobody else wrote here

    // A stamp above `start` says that the search has passed the item, one above `group` that it did so since
    // the new item was last put behind something.
    auto& stamps = store.scan_stamps;
    if (store.scan_stamp > 0xffff'ffff - items.size() - 1) {
        stamps.assign(stamps.size(), 0);
        store.scan_stamp = 0;
    }
    if (stamps.size() < items.size())
        stamps.resize(items.size(), 0);
    std::uint32_t const start = store.scan_stamp;
    std::uint32_t group = start;
    for (; next != no_slot && next != right; next = items[next].right) {
        item const& other = items[next];
        stamps[next] = ++store.scan_stamp;
        if (other.origin() == it.origin()) {
            if (store.clients[other.client].id < store.clients[it.client].id) {
                left = next;
                group = store.scan_stamp;
            } else if (other.right_origin() == it.right_origin()) {
                break; // both have the same neighbours, and the other one goes second
            }
            continue;
        }
        if (!other.origin())
            break;
        slot const origin = store.find(other.origin());
        if (stamps[origin] <= start)
            break;
        if (stamps[origin] <= group) {
            left = next;
            group = store.scan_stamp;
        }
    }
    return left;
}

UNISONO_DECL void grow_content(content_heap& heap, item& run, content_place more, std::uint32_t length) {
    if (run.is(struct_kind::string)) {
        auto const joined = heap.join_text({run.content, run.wide != 0}, run.length, more, length);
        run.content = joined.begin;
        run.wide = joined.wide;
    } else if (!run.is(struct_kind::deleted)) {
        run.content = heap.join_values(run.content, run.length, more.begin, length);
    }
}

UNISONO_DECL void grow(document_store& store, slot s, content_place more, std::uint32_t length) {
    item& run = store.items[s];
    grow_content(store.clients[run.client].content, run, more, length);
    store.extend(s, length);
}

UNISONO_DECL slot place_item(document_store& store, item const& it, slot left) {
    slot const s = store.append(it);
    place_item(store, s, left);
    return s;
}

UNISONO_DECL void place_item(document_store& store, slot s, slot left) {
    item const& it = store.items[s];
    store.link(s, left);
    bool const keyed = store.types.list(it.list).keyed();
    bool const newest = store.items[s].right == no_slot;
    if (keyed && newest && left != no_slot)
        erase(store, left); // the value before
    if (it.visible())
        store.add_visible(s, it.length);
    if (it.is(struct_kind::type))
        store.types[it.content].owner = s;
    else if (it.is(struct_kind::format))
        store.types.mark_formatted(store.types.list(it.list).type);
    else if (it.is(struct_kind::deleted))
        store.changes.add_deleted({it.client, it.clock, it.end()});
    else if (it.is(struct_kind::doc))
        store.changes.add_document(it.first(),
                                   loads_at_once(store.clients[it.client].content.values(it.content, 1)));
    store.note_change(it.list);
    if ((keyed && !newest) || store.is_deleted(store.type_of(it)))
        erase(store, s);
}

UNISONO_DECL element known_element(document_store const& store, std::optional<id> const& reference) {
    if (!reference)
        return {};
    return {store.clients.find(reference->client), static_cast<std::uint32_t>(reference->clock)};
}

UNISONO_DECL list_index list_of(document_store& store, type_index root, element owner, text_index key) {
    type_index type = root;
    if (type == no_index) {
        item const& holder = store.items[store.find(owner)];
        if (!holder.is(struct_kind::type))
            return no_index;
        type = holder.content;
    }
    return key != no_text ? store.types.key_list(type, key) : store.types[type].children;
}

/// The list that a struct without neighbours names.
UNISONO_DECL list_index named_list(document_store& store, struct_view const& s) {
    auto const& parent = s.parent;
    return list_of(store, parent.is_root ? store.types.root(parent.root) : no_index,
                   parent.is_root ? element{} : known_element(store, parent.owner),
                   s.keyed ? store.types.texts().intern(parent.key) : no_text);
}

UNISONO_DECL content_place store_content(document_store& store, client_index c, struct_view const& s) {
    content_heap& heap = store.clients[c].content;
    lib0_reader in{s.content};
    switch (s.kind) {
    case struct_kind::string: {
        std::string_view text = as_text(s.content);
        if (s.cut == 0) // every other character takes more bytes than code units
            return s.length == text.size() ? heap.add_ascii(text) : heap.add_text(text, false);
        auto const [bytes, inside_a_pair] = find_utf16(text, static_cast<std::size_t>(s.cut));
        text.remove_prefix(inside_a_pair ? bytes + 4 : bytes);
        return inside_a_pair ? heap.add_text_after_half(text) : heap.add_text(text, false);
    }
    case struct_kind::json:
    case struct_kind::any: {
        auto const skip_value = [&] { s.kind == struct_kind::any ? skip_any(in) : void(in.var_string()); };
        for (std::uint64_t i = 0; i < s.cut; ++i)
            skip_value();
        bytes_view const values = in.rest();
        return {heap.add_values(values, s.length,
                                [&] {
                                    skip_value();
                                    return in.since(values).size();
                                }),
                false};
    }
    case struct_kind::type: {
        auto const kind = static_cast<type_kind>(in.var_uint());
        text_index name = no_text;
        if (kind == type_kind::weak_link)
            name = store.types.texts().intern(as_text(in.rest())); // all of it, as it is
        else if (is_named(kind))
            name = store.types.texts().intern(in.var_string());
        return {store.types.make(kind, name, no_slot), false};
    }
    case struct_kind::binary:
    case struct_kind::embed:
    case struct_kind::format:
    case struct_kind::doc:
        return {heap.add_value(s.content), false};
    default: // nothing to keep of deleted and forgotten elements
        return {0, false};
    }
}

UNISONO_DECL bool continue_run(document_store& store, client_index c, struct_view const& s) {
    slot const last = run_before(store, c, s);
    if (last == no_slot || s.cut != 0 || !store.can_continue(last, s.kind))
        return false;
    grow(store, last, store_content(store, c, s), static_cast<std::uint32_t>(s.length));
    return true;
}

/// As the store's, for an item of client `c`: most often it goes behind the item that the client wrote
/// before.
UNISONO_DECL slot ending_at(document_store& store, client_index c, element e) {
    if (auto const& structs = store.clients[c].structs; !structs.empty()) {
        item const& before = store.items[structs.back()];
        if (before.last() == e)
            return structs.back();
    }
    return store.ending_at(e);
}

/// As the store's: most often nothing came between the two neighbours of a new item.
UNISONO_DECL slot starting_at(document_store& store, slot left, element e) {
    if (left != no_slot && !store.items[left].is(struct_kind::gc)) {
        slot const next = store.items[left].right;
        if (next != no_slot && store.items[next].first() == e)
            return next;
    }
    return store.starting_at(e);
}

UNISONO_DECL void cut_at_references(document_store& store, struct_view const& s) {
    if (s.origin)
        store.ending_at(known_element(store, s.origin));
    if (s.right_origin)
        store.starting_at(known_element(store, s.right_origin));
}

UNISONO_DECL void integrate(document_store& store, client_index c, struct_view const& s) {
    std::uint64_t const state = store.clients[c].state;
    if (s.clock < state) {
        cut_at_references(store, s);
        struct_view rest = s;
        rest.drop_front(state - s.clock);
        integrate(store, c, rest);
        return;
    }
    if (!continue_run(store, c, s))
        integrate_apart(store, c, s);
}

UNISONO_DECL void integrate_apart(document_store& store, client_index c, struct_view const& s) {
    item it;
    it.client = c & no_client;
    it.clock = static_cast<std::uint32_t>(s.clock);
    it.length = static_cast<std::uint32_t>(s.length);
    slot left = no_slot;
    slot right = no_slot;
    list_index list = no_index;
    if (s.is_item()) {
        it.set_origin(known_element(store, s.origin));
        it.set_right_origin(known_element(store, s.right_origin));
        if (it.origin())
            left = ending_at(store, c, it.origin());
        if (it.right_origin())
            right = starting_at(store, left, it.right_origin());
        list = list_between(store, left, right, [&] { return named_list(store, s); });
    }
    if (list == no_index) {
        // Forgotten by its author, or written beside or into something forgotten: it stands nowhere.
        store.append(forgotten(it));
        return;
    }
    it.list = list;
    it.kind = static_cast<std::uint32_t>(s.kind) & 0xf;
    it.deleted = s.kind == struct_kind::deleted;
    auto const content = store_content(store, c, s);
    it.content = content.begin;
    it.wide = content.wide;
    place_item(store, it, find_place(store, it, left, right));
}

} // namespace unisono::inline v0::yjs::detail
