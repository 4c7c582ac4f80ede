#pragma once

#include <unisono/codec/lib0_any.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/utf16.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>
#include <unisono/crdt/yjs/detail/xml_string.hpp>

#include <utility>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL value read_element(document_core& core, item const& it, std::uint32_t offset) {
    content_heap const& heap = core.store.clients[it.client].content;
    if (it.is(struct_kind::string)) {
        byte_buffer utf8;
        heap.read_text({it.content + offset, it.wide != 0}, 1, utf8);
        return any_value{as_text(utf8)};
    }
    if (it.is(struct_kind::type))
        return shared_type{core, it.content};
    if (it.is(struct_kind::doc))
        return core.read_subdocument(it.first());
    lib0_reader in{heap.values(it.content + offset, 1)};
    switch (it.content_kind()) {
    case struct_kind::any:
        return read_any(in);
    case struct_kind::json:
    case struct_kind::embed:
        return value_of_json(in.var_string());
    case struct_kind::binary: {
        auto const bytes = in.var_bytes();
        return any_value{byte_buffer(bytes.begin(), bytes.end())};
    }
    default:
        return {};
    }
}

UNISONO_DECL std::string read_text(document_store const& store, type_index type) {
    std::string text;
    text.reserve(store.types[type].length);
    // Neighbouring runs are put together first: they may hold the halves of one pair.
    std::u16string wide;
    byte_buffer utf8;
    auto const flush = [&] {
        append_utf8(wide, utf8);
        text += as_text(utf8);
        wide.clear();
        utf8.clear();
    };
    for (slot s = store.types.list(store.types[type].children).first; s != no_slot;) {
        item const& it = store.items[s];
        s = it.right;
        if (it.deleted || !it.is(struct_kind::string))
            continue;
        content_heap const& heap = store.clients[it.client].content;
        if (it.wide) {
            wide += heap.wide_text(it.content, it.length);
        } else {
            if (!wide.empty())
                flush();
            text += heap.ascii_text(it.content, it.length);
        }
    }
    flush();
    return text;
}

/// The value of a nested thing in to_json().
UNISONO_DECL any_value plain(document_core& core, value const& v, std::size_t depth) {
    if (auto const* any = v.as_any())
        return *any;
    if (auto const* document = v.as_subdocument())
        return document->guid;
    return to_json(core, v.as_type()->type(), depth + 1);
}

UNISONO_DECL std::optional<value> read_key(document_core& core, type_index type, std::string_view key) {
    slot const s = find_value(core.store, type, key);
    if (s == no_slot)
        return std::nullopt;
    item const& it = core.store.items[s];
    return read_element(core, it, it.length - 1);
}

UNISONO_DECL std::vector<std::string> read_keys(document_store const& store, type_index type) {
    std::vector<std::string> keys;
    for (list_index l = store.types[type].first_key; l != no_index; l = store.types.list(l).next_key) {
        list_record const& list = store.types.list(l);
        if (list.last != no_slot && !store.items[list.last].deleted)
            keys.emplace_back(store.types.texts()[list.key]);
    }
    return keys;
}

UNISONO_DECL any_value map_to_json(document_core& core, type_index type, std::size_t depth) {
    std::vector<any_member> members;
    for (std::string const& key : read_keys(core.store, type))
        members.push_back({key, plain(core, *read_key(core, type, key), depth)});
    return any_object{std::move(members)};
}

UNISONO_DECL std::vector<value> read_elements(document_core& core, type_index type) {
    document_store const& store = core.store;
    std::vector<value> elements;
    for (slot s = store.types.list(store.types[type].children).first; s != no_slot;
         s = store.items[s].right) {
        item const it = store.items[s];
        for (std::uint32_t i = 0; it.visible() && i < it.length; ++i)
            elements.push_back(read_element(core, it, i));
    }
    return elements;
}

UNISONO_DECL any_value array_to_json(document_core& core, type_index type, std::size_t depth) {
    any_array elements;
    for (value const& element : read_elements(core, type))
        elements.push_back(plain(core, element, depth));
    return elements;
}

UNISONO_DECL any_value to_json(document_core& core, type_index type, std::size_t depth) {
    if (depth >= lib0_max_depth)
        return {};
    switch (core.store.types[type].kind) {
    case type_kind::array:
        return array_to_json(core, type, depth);
    case type_kind::map:
    case type_kind::xml_hook:
        return map_to_json(core, type, depth);
    case type_kind::text:
        return read_text(core.store, type);
    case type_kind::undefined:
    case type_kind::weak_link:
        return {};
    default:
        return xml_string(core, type);
    }
}

} // namespace unisono::inline v0::yjs::detail
