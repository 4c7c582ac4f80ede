#pragma once

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/attributes.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL any_value value_of_json(std::string_view json) {
    auto parsed = parse_any_json(json);
    return parsed ? std::move(*parsed) : any_value{};
}

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

UNISONO_DECL void clean_gap(document_store& store, slot left, slot first, slot until, attribute_list& held) {
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
    bool behind = false; // of `until`
    for (slot s = first; s != end; s = store.items[s].right) {
        behind = behind || s == until;
        if (store.items[s].deleted)
            continue;
        auto const mark = read_mark(store, store.items[s]);
        any_value const value = value_of_json(mark.json);
        any_value before = attribute_at(store, left, mark.key);
        bool const overruled =
            std::none_of(last_marks.begin(), last_marks.end(), [&](auto const& m) { return m.second == s; });
        if (!overruled && !identical(before, value)) {
            if (!behind)
                held.apply(mark);
            continue;
        }
        erase(store, s);
        auto const* now = held.find(mark.key);
        if (behind || !identical(now != nullptr ? *now : any_value{nullptr}, value) ||
            identical(before, value))
            continue;
        if (before.is_null())
            held.erase(mark.key);
        else
            held.set(mark.key, std::move(before));
    }
}

UNISONO_DECL void clean_gap(document_store& store, slot left, slot first) {
    attribute_list nowhere;
    clean_gap(store, left, first, first, nowhere);
}

} // namespace unisono::inline v0::yjs::detail
