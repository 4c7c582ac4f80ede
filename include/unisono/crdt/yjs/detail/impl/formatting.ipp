#pragma once

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/formatting.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL text_place with_attributes(document_store const& store, type_index type, list_position at) {
    return {at, attributes_at(store, type, at.left)};
}

UNISONO_DECL void step(document_store const& store, list_position& at) noexcept {
    at.left = at.right;
    at.right = store.items[at.right].right;
}

UNISONO_DECL void step(document_store const& store, text_place& at) {
    item const& it = store.items[at.right];
    if (!it.deleted && it.is(struct_kind::format))
        at.attributes.apply(read_mark(store, it));
    step(store, static_cast<list_position&>(at));
}

/// Moves over deleted items and over format items for which `redundant(mark)`.
template <class Place, class Redundant>
void skip_marks(document_store const& store, Place& at, Redundant&& redundant) {
    while (at.right != no_slot) {
        item const& it = store.items[at.right];
        if (!it.deleted && !(it.is(struct_kind::format) && redundant(read_mark(store, it))))
            return;
        step(store, at);
    }
}

UNISONO_DECL void insert_mark(document_core& core, type_index type, text_place& at, std::string_view key,
                              any_value const& value) {
    std::string json;
    if (!append_json(json, value))
        json = "null";
    byte_buffer wire;
    lib0_writer out{wire};
    out.var_string(key);
    out.var_string(json);
    insert_single(core, core.store.types[type].children, at, struct_kind::format, wire);
    at.attributes.apply({key, json});
}

UNISONO_DECL void insert_inheriting(document_core& core, type_index type, list_position& at,
                                    std::string_view utf8) {
    skip_marks(core.store, at, [&, left = at.left](format_mark mark) {
        return equal_attributes(attribute_at(core.store, left, mark.key), value_of_json(mark.json));
    });
    insert_text(core, core.store.types[type].children, at, utf8);
}

UNISONO_DECL any_value value_or_null(any_value const* value) {
    return value != nullptr ? *value : any_value{nullptr};
}

/// Steps over format items that say the same, then adds those that are missing. Returns what held before.
UNISONO_DECL attribute_list begin_attributes(document_core& core, type_index type, text_place& at,
                                             any_object const& wanted) {
    skip_marks(core.store, at, [&](format_mark mark) {
        return equal_attributes(value_or_null(wanted.find(mark.key)), value_of_json(mark.json));
    });
    attribute_list before;
    for (auto const& [key, value] : wanted.members()) {
        any_value current = value_or_null(at.attributes.find(key));
        if (equal_attributes(current, value))
            continue;
        before.set(key, std::move(current));
        insert_mark(core, type, at, key, value);
    }
    return before;
}

UNISONO_DECL attribute_list open_attributes(document_core& core, type_index type, text_place& at,
                                            any_object wanted) {
    for (auto const& [key, current] : at.attributes.members()) {
        if (wanted.find(key) == nullptr)
            wanted.set(key, nullptr);
    }
    return begin_attributes(core, type, at, wanted);
}

UNISONO_DECL void close_attributes(document_core& core, type_index type, text_place& at,
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

UNISONO_DECL void format_elements(document_core& core, type_index type, text_place& at, std::uint32_t count,
                                  any_object const& wanted) {
    document_store& store = core.store;
    attribute_list before = begin_attributes(core, type, at, wanted);
    while (at.right != no_slot) {
        slot const s = at.right;
        bool const mark = store.items[s].is(struct_kind::format);
        bool const deleted = store.items[s].deleted;
        if (count == 0 && (before.members().empty() || !(deleted || mark)))
            break;
        if (!deleted && mark) {
            auto const [key, json] = read_mark(store, store.items[s]);
            if (auto const* value = wanted.find(key)) {
                any_value current = value_of_json(json);
                if (equal_attributes(*value, current))
                    before.erase(key);
                else if (count == 0)
                    break;
                else
                    before.set(key, std::move(current));
                erase(store, s);
            }
        } else if (!deleted) {
            if (count < store.items[s].length)
                store.cut(s, count);
            count -= store.items[s].length;
        }
        step(store, at);
    }
    if (count > 0)
        insert_text(core, store.types[type].children, at, std::string(count, '\n'));
    close_attributes(core, type, at, std::move(before));
}

UNISONO_DECL void erase_formatted(document_store& store, type_index type, element_position at,
                                  std::uint32_t count) {
    erase_elements(store, at, count);
    if (!store.types[type].formatted)
        return;
    slot const left = at.offset > 0 ? at.at : no_slot; // ends at the edge by now
    clean_gap(store, left, left != no_slot ? store.items[left].right : at.at);
}

UNISONO_DECL void erase_formatted(document_core& core, type_index type, text_place& at, std::uint32_t count) {
    document_store& store = core.store;
    list_position const start = at;
    for (; count > 0 && at.right != no_slot; step(store, at)) {
        slot const s = at.right;
        if (!store.items[s].visible())
            continue;
        if (count < store.items[s].length)
            store.cut(s, count);
        count -= store.items[s].length;
        erase(store, s);
    }
    if (store.types[type].formatted && start.right != no_slot)
        clean_gap(store, start.left, start.right, at.right, at.attributes);
}

UNISONO_DECL byte_buffer wire_of_embed(any_value const& embed) {
    std::string json;
    if (!append_json(json, embed))
        throw std::invalid_argument("a value that JSON cannot hold");
    byte_buffer wire;
    lib0_writer{wire}.var_string(json);
    return wire;
}

} // namespace unisono::inline v0::yjs::detail
