#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/codec/detail/lib0_any_writer.hpp>
#include <unisono/codec/lib0_any.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/codec/utf16.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/integrate.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>
#include <unisono/crdt/yjs/detail/subdocuments.hpp>
#include <unisono/crdt/yjs/detail/typing.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// The document's client, who is about to insert so many elements. Throws std::length_error when it has used
/// up its clocks.
UNISONO_DECL client_index writer_of(document_core& core, std::size_t length) {
    client_index const c = core.own_client();
    if (length > core.clock_limit() - core.store.clients[c].state)
        throw std::length_error("a client's elements are used up");
    return c;
}

UNISONO_DECL item new_item(document_core& core, list_index list, list_position at, struct_kind kind,
                           std::size_t length) {
    document_store const& store = core.store;
    item it;
    it.client = writer_of(core, length) & no_client;
    it.clock = store.clients[it.client].state;
    it.length = static_cast<std::uint32_t>(length);
    it.kind = static_cast<std::uint32_t>(kind) & 0xf;
    it.list = list;
    if (at.left != no_slot)
        it.set_origin(store.items[at.left].last());
    if (at.right != no_slot)
        it.set_right_origin(store.items[at.right].first());
    return it;
}

/// Adds a run to the document, as part of the one before if it goes on there. `content` is what writer_of()
/// has stored.
UNISONO_DECL void insert_run(document_core& core, list_index list, list_position& at, struct_kind kind,
                             content_place content, std::size_t length) {
    document_store& store = core.store;
    if (at.left != no_slot && store.items[at.left].client == core.own_client() &&
        store.can_continue(at.left, kind)) {
        grow(store, at.left, content, static_cast<std::uint32_t>(length));
        return;
    }
    item it = new_item(core, list, at, kind, length);
    it.content = content.begin;
    it.wide = content.wide;
    at.left = place_item(store, it, at.left);
}

UNISONO_DECL void insert_text(document_core& core, list_index list, list_position& at,
                              std::string_view utf8) {
    std::size_t const length = utf16_length(utf8);
    client_index const c = writer_of(core, length);
    if (at.left != no_slot && core.store.items[at.left].client == c && is_ascii(utf8) &&
        type_on(core.store, at.left, utf8))
        return;
    auto const content = core.store.clients[c].content.add_text(utf8, false);
    insert_run(core, list, at, struct_kind::string, content, length);
}

UNISONO_DECL void insert_values(document_core& core, list_index list, list_position& at,
                                std::span<any_value const> values) {
    // The items of one call share their right neighbour, but runs are interrupted by bytes.
    unisono::detail::byte_sink wire;
    for (std::size_t i = 0; i < values.size();) {
        wire.clear();
        if (auto const bytes = values[i].as_bytes()) {
            basic_lib0_writer{wire}.var_bytes(*bytes);
            insert_single(core, list, at, struct_kind::binary, wire.view());
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < values.size() && values[end].kind() != any_kind::bytes)
            ++end;
        client_index const c = writer_of(core, end - i);
        std::vector<std::size_t> ends;
        ends.reserve(end - i);
        constexpr std::size_t usual_size = 8; // of a number or a short word
        wire.reserve(usual_size * (end - i));
        for (; i < end; ++i) {
            unisono::detail::append_any(wire, values[i]);
            ends.push_back(wire.size());
        }
        auto const first = core.store.clients[c].content.add_values(
            wire.view(), ends.size(), [next = ends.begin()]() mutable { return *next++; });
        insert_run(core, list, at, struct_kind::any, {first, false}, ends.size());
    }
}

UNISONO_DECL void insert_single(document_core& core, list_index list, list_position& at, struct_kind kind,
                                bytes_view wire) {
    item it = new_item(core, list, at, kind);
    it.content = core.store.clients[it.client].content.add_value(wire);
    at.left = place_item(core.store, it, at.left);
    if (kind == struct_kind::doc && !loads_at_once(wire)) // who inserts a document works with it
        core.store.changes.documents.push_back({it.first(), document_change::action::loaded});
}

UNISONO_DECL type_index insert_type(document_core& core, list_index list, list_position& at, type_kind kind,
                                    std::string_view name) {
    item it = new_item(core, list, at, struct_kind::type);
    bool const named = kind == type_kind::xml_element || kind == type_kind::xml_hook;
    type_index const type =
        core.store.types.make(kind, named ? core.store.types.texts().intern(name) : no_text, no_slot);
    it.content = type;
    at.left = place_item(core.store, it, at.left);
    return type;
}

UNISONO_DECL list_position end_of(document_store const& store, list_index list) noexcept {
    return {store.types.list(list).last, no_slot};
}

UNISONO_DECL byte_buffer wire_of(subdocument const& document) {
    byte_buffer wire;
    lib0_writer{wire}.var_string(document.guid);
    write_any(wire, document.options);
    return wire;
}

UNISONO_DECL slot find_value(document_store const& store, type_index type, std::string_view key) noexcept {
    list_index const list = store.types.find_key_list(type, store.types.texts().find(key));
    slot const last = list != no_index ? store.types.list(list).last : no_slot;
    return last != no_slot && !store.items[last].deleted ? last : no_slot;
}

UNISONO_DECL void erase_key(document_core& core, type_index type, std::string_view key) {
    if (slot const value = find_value(core.store, type, key); value != no_slot)
        core.transact(nullptr, [&] { erase(core.store, value); });
}

UNISONO_DECL void erase_elements(document_store& store, element_position at, std::uint32_t count) {
    for (; count > 0; at = {store.items[at.at].right, 0}) {
        item const& it = store.items[at.at];
        std::uint32_t const erased = it.visible() ? std::min(count, it.length - at.offset) : 0;
        count -= erased;
        std::uint32_t const clock = it.clock + at.offset;
        if (erased == it.length)
            erase(store, at.at);
        else if (erased > 0)
            erase_range(store, {it.client, clock, clock + erased});
    }
}

} // namespace unisono::inline v0::yjs::detail
