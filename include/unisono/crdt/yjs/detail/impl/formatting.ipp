#pragma once

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/formatting.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::yjs::detail {

/// Moves over deleted items and over format items for which `redundant(mark)`.
template <class Redundant>
void skip_marks(document_store const& store, list_position& at, Redundant&& redundant) {
    while (at.right != no_slot) {
        item const& it = store.items[at.right];
        if (!it.deleted && !(it.is(struct_kind::format) && redundant(read_mark(store, it))))
            return;
        at.left = at.right;
        at.right = it.right;
    }
}

UNISONO_DECL void insert_mark(document_core& core, type_index type, list_position& at, std::string_view key,
                              any_value const& value) {
    std::string json;
    if (!append_json(json, value))
        json = "null";
    byte_buffer wire;
    lib0_writer out{wire};
    out.var_string(key);
    out.var_string(json);
    insert_single(core, core.store.types[type].children, at, struct_kind::format, wire);
}

UNISONO_DECL void insert_inheriting(document_core& core, type_index type, list_position& at,
                                    std::string_view utf8) {
    skip_marks(core.store, at, [&, left = at.left](format_mark mark) {
        return equal_attributes(attribute_at(core.store, left, mark.key), value_of_json(mark.json));
    });
    insert_text(core, core.store.types[type].children, at, utf8);
}

/// Steps over format items that say the same, then adds those that are missing. Returns what held before.
UNISONO_DECL attribute_list begin_attributes(document_core& core, type_index type, list_position& at,
                                             any_object const& attributes) {
    skip_marks(core.store, at, [&](format_mark mark) {
        auto const* wanted = attributes.find(mark.key);
        return equal_attributes(wanted != nullptr ? *wanted : any_value{nullptr}, value_of_json(mark.json));
    });
    attribute_list before;
    for (auto const& [key, wanted] : attributes.members()) {
        any_value current = attribute_at(core.store, at.left, key);
        if (equal_attributes(current, wanted))
            continue;
        before.set(key, std::move(current));
        insert_mark(core, type, at, key, wanted);
    }
    return before;
}

UNISONO_DECL attribute_list open_attributes(document_core& core, type_index type, list_position& at,
                                            any_object attributes) {
    attribute_list const present = attributes_at(core.store, type, at.left);
    for (auto const& [key, current] : present.members()) {
        if (attributes.find(key) == nullptr)
            attributes.set(key, nullptr);
    }
    return begin_attributes(core, type, at, attributes);
}

UNISONO_DECL void close_attributes(document_core& core, type_index type, list_position& at,
                                   attribute_list before) {
    skip_marks(core.store, at, [&](format_mark mark) {
        auto const* wanted = before.find(mark.key);
        if (wanted == nullptr || !equal_attributes(*wanted, value_of_json(mark.json)))
            return false;
        before.erase(mark.key);
        return true;
    });
    for (auto const& [key, value] : before.members())
        insert_mark(core, type, at, key, value);
}

UNISONO_DECL void format_elements(document_core& core, type_index type, list_position at, std::uint32_t count,
                                  any_object const& attributes) {
    document_store& store = core.store;
    attribute_list before = begin_attributes(core, type, at, attributes);
    while (at.right != no_slot) {
        slot const s = at.right;
        bool const mark = store.items[s].is(struct_kind::format);
        bool const deleted = store.items[s].deleted;
        if (count == 0 && (before.members().empty() || !(deleted || mark)))
            break;
        if (!deleted && mark) {
            auto const [key, json] = read_mark(store, store.items[s]);
            if (auto const* wanted = attributes.find(key)) {
                any_value value = value_of_json(json);
                if (equal_attributes(*wanted, value))
                    before.erase(key);
                else if (count == 0)
                    break;
                else
                    before.set(key, std::move(value));
                erase(store, s);
            }
        } else if (!deleted) {
            if (count < store.items[s].length)
                store.cut(s, count);
            count -= store.items[s].length;
        }
        at = {s, store.items[s].right};
    }
    if (count > 0)
        insert_text(core, store.types[type].children, at, std::string(count, '\n'));
    close_attributes(core, type, at, std::move(before));
}

UNISONO_DECL void erase_formatted(document_core& core, list_position at, std::uint32_t count) {
    erase_elements(core, at, count);
    if (at.right != no_slot && core.store.type_of(core.store.items[at.right]).formatted)
        clean_gap(core.store, at.left, at.right);
}

} // namespace unisono::inline v0::yjs::detail
