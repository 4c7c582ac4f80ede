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

UNISONO_DECL format_mark read_mark(document_store const& store, item const& it) noexcept {
    lib0_reader in{store.clients[it.client].content.values(it.content, 1)};
    std::string_view const key = in.var_string();
    return {key, in.var_string()};
}

UNISONO_DECL void attribute_list::set(std::string_view key, any_value value) {
    auto const known = std::find_if(members_.begin(), members_.end(), [&](auto& m) { return m.key == key; });
    if (known != members_.end())
        known->value = std::move(value);
    else
        members_.push_back({std::string{key}, std::move(value)});
}

UNISONO_DECL void attribute_list::erase(std::string_view key) {
    std::erase_if(members_, [&](any_member const& m) { return m.key == key; });
}

UNISONO_DECL void attribute_list::apply(format_mark mark) {
    any_value value = value_of_json(mark.json);
    if (value.is_null())
        erase(mark.key);
    else
        set(mark.key, std::move(value));
}

UNISONO_DECL any_value const* attribute_list::find(std::string_view key) const noexcept {
    auto const known = std::find_if(members_.begin(), members_.end(), [&](auto& m) { return m.key == key; });
    return known != members_.end() ? &known->value : nullptr;
}

/// JavaScript's === for values that were made apart: no two objects are the same one.
UNISONO_DECL bool identical(any_value const& a, any_value const& b) noexcept {
    return a == b && a.as_object() == nullptr && a.as_array() == nullptr && !a.as_bytes();
}

/// When Yjs takes two attribute values for the same: plain values, or objects with the same plain members.
UNISONO_DECL bool equal_attributes(any_value const& a, any_value const& b) noexcept {
    if (auto const* x = a.as_object(), *y = b.as_object(); x != nullptr && y != nullptr) {
        return x->size() == y->size() &&
               std::all_of(x->members().begin(), x->members().end(), [&](any_member const& m) {
                   auto const* other = y->find(m.key);
                   return other != nullptr && identical(m.value, *other);
               });
    }
    if (auto const* x = a.as_array(), *y = b.as_array(); x != nullptr && y != nullptr)
        return std::equal(x->begin(), x->end(), y->begin(), y->end(), identical);
    return identical(a, b);
}

UNISONO_DECL any_value attribute_at(document_store const& store, slot left, std::string_view key) {
    for (slot s = left; s != no_slot; s = store.items[s].left) {
        item const& it = store.items[s];
        if (it.deleted || !it.is(struct_kind::format))
            continue;
        if (auto const mark = read_mark(store, it); mark.key == key)
            return value_of_json(mark.json);
    }
    return nullptr;
}

UNISONO_DECL attribute_list attributes_at(document_store const& store, type_index type, slot left) {
    attribute_list attributes;
    if (left == no_slot || !store.types[type].formatted)
        return attributes;
    for (slot s = store.types.list(store.types[type].children).first;; s = store.items[s].right) {
        item const& it = store.items[s];
        if (!it.deleted && it.is(struct_kind::format))
            attributes.apply(read_mark(store, it));
        if (s == left)
            return attributes;
    }
}

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

/// Deletes the format items between `left` and the next visible element that say nothing new.
UNISONO_DECL void clean_gap(document_store& store, slot left, slot first) {
    std::vector<std::pair<std::string, slot>> last_marks;
    slot end = first;
    for (; end != no_slot && !store.items[end].visible(); end = store.items[end].right) {
        if (store.items[end].deleted)
            continue;
        auto const mark = read_mark(store, store.items[end]);
        auto const known = std::find_if(last_marks.begin(), last_marks.end(),
                                        [&](auto const& m) { return m.first == mark.key; });
        if (known != last_marks.end())
            known->second = end;
        else
            last_marks.emplace_back(mark.key, end);
    }
    std::vector<slot> redundant;
    for (slot s = first; s != end; s = store.items[s].right) {
        if (store.items[s].deleted)
            continue;
        auto const mark = read_mark(store, store.items[s]);
        bool const overruled =
            std::none_of(last_marks.begin(), last_marks.end(), [&](auto const& m) { return m.second == s; });
        if (overruled || identical(attribute_at(store, left, mark.key), value_of_json(mark.json)))
            redundant.push_back(s);
    }
    for (slot s : redundant)
        erase(store, s);
}

UNISONO_DECL void erase_formatted(document_core& core, list_position at, std::uint32_t count) {
    erase_elements(core, at, count);
    if (at.right != no_slot && core.store.type_of(core.store.items[at.right]).formatted)
        clean_gap(core.store, at.left, at.right);
}

} // namespace unisono::inline v0::yjs::detail
