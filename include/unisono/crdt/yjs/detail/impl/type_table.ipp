#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/type_table.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL type_index type_table::root(std::string_view name) {
    text_index const text = texts_.intern(name);
    if (auto const known = roots_by_name_.find(text); known != roots_by_name_.end())
        return known->second;
    type_index const t = make(type_kind::undefined, text, no_slot);
    roots_by_name_.emplace(text, t);
    roots_.push_back(t);
    return t;
}

UNISONO_DECL type_index type_table::find_root(std::string_view name) const noexcept {
    auto const known = roots_by_name_.find(texts_.find(name));
    return known == roots_by_name_.end() ? no_index : known->second;
}

UNISONO_DECL type_index type_table::make(type_kind kind, text_index name, slot owner) {
    type_index t = static_cast<type_index>(types_.size());
    if (free_types_.empty()) {
        types_.emplace_back();
    } else {
        t = free_types_.back();
        free_types_.pop_back();
    }
    std::uint32_t const generation = types_[t].generation;
    types_[t] = {};
    types_[t].kind = kind;
    types_[t].name = name;
    types_[t].owner = owner;
    types_[t].generation = generation;
    types_[t].alive = true;
    types_[t].children = make_list(t, no_text);
    return t;
}

UNISONO_DECL void type_table::free(type_index t) {
    free_lists_.push_back(types_[t].children);
    for (list_index l = types_[t].first_key; l != no_index; l = lists_[l].next_key) {
        key_lists_.erase(address(t, lists_[l].key));
        free_lists_.push_back(l);
    }
    types_[t].alive = false;
    ++types_[t].generation;
    free_types_.push_back(t);
}

UNISONO_DECL list_index type_table::key_list(type_index t, text_index key) {
    auto const [place, added] = key_lists_.try_emplace(address(t, key), no_index);
    if (!added)
        return place->second;
    list_index const l = make_list(t, key);
    place->second = l;
    auto& type = types_[t];
    (type.first_key == no_index ? type.first_key : lists_[type.last_key].next_key) = l;
    type.last_key = l;
    return l;
}

UNISONO_DECL list_index type_table::find_key_list(type_index t, text_index key) const noexcept {
    auto const known = key_lists_.find(address(t, key));
    return known == key_lists_.end() ? no_index : known->second;
}

UNISONO_DECL list_index type_table::make_list(type_index t, text_index key) {
    list_index l = static_cast<list_index>(lists_.size());
    if (free_lists_.empty()) {
        lists_.emplace_back();
    } else {
        l = free_lists_.back();
        free_lists_.pop_back();
    }
    lists_[l] = {};
    lists_[l].type = t;
    lists_[l].key = key;
    return l;
}

} // namespace unisono::inline v0::yjs::detail
