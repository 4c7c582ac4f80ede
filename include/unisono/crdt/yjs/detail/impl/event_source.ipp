#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/detail/event_source.hpp>
#include <unisono/crdt/yjs/type_event.hpp>

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL change_index const& event_source::changes() {
    if (!index_ || version_ != core.transactions()) {
        auto const later = core.later_changes();
        index_.emplace(core.store, ended.changes, later);
        version_ = core.transactions();
    }
    return *index_;
}

UNISONO_DECL std::vector<changed_type>& event_source::types() {
    if (std::exchange(grouped_, true))
        return types_;
    document_store const& store = core.store;
    std::unordered_map<type_index, std::size_t> places;
    std::unordered_set<list_index> known;
    for (list_index list : ended.changes.lists) {
        if (!known.insert(list).second)
            continue;
        type_index const type = store.types.list(list).type;
        auto const& record = store.types[type];
        if (store.is_deleted(record) ||
            (record.owner != no_slot && changes().adds(store.items[record.owner].first())))
            continue;
        auto const [place, first] = places.try_emplace(type, types_.size());
        if (first)
            types_.push_back({type});
        types_[place->second].lists.push_back(list);
    }
    return types_;
}

/// The type that holds a type; none for a root.
UNISONO_DECL type_index holder_of(document_store const& store, type_index type) noexcept {
    slot const owner = store.types[type].owner;
    return owner == no_slot ? no_index : store.types.list(store.items[owner].list).type;
}

UNISONO_DECL std::size_t depth_below(document_store const& store, type_index type, type_index top) noexcept {
    std::size_t depth = 0;
    for (; type != top; type = holder_of(store, type))
        ++depth;
    return depth;
}

UNISONO_DECL void tell_observers(document_core& core, transaction const& ended) {
    document_store const& store = core.store;
    event_source source{core, ended};
    struct deep_events {
        type_index type;
        std::vector<changed_type*> changed;
    };
    std::vector<deep_events> deep;
    std::unordered_map<type_index, std::size_t> places;

    for (changed_type& changed : source.types()) {
        if (store.is_deleted(store.types[changed.type]))
            continue; // by a listener
        for (type_index t = changed.type; t != no_index; t = holder_of(store, t)) {
            auto const [place, first] = places.try_emplace(t, deep.size());
            if (first)
                deep.push_back({t, {}});
            deep[place->second].changed.push_back(&changed);
        }
        if (auto const who = core.observers.find(changed.type, store.types[changed.type]))
            core.attempt([&] { who->flat.call(type_event{source, changed, changed.type}); });
    }
    for (deep_events& d : deep) {
        auto const who = core.observers.find(d.type, store.types[d.type]);
        if (who == nullptr || who->deep.empty() || store.is_deleted(store.types[d.type]))
            continue;
        std::erase_if(d.changed, [&](auto const* c) { return store.is_deleted(store.types[c->type]); });
        std::stable_sort(d.changed.begin(), d.changed.end(), [&](auto const* a, auto const* b) {
            return depth_below(store, a->type, d.type) < depth_below(store, b->type, d.type);
        });
        std::vector<type_event> events;
        for (changed_type* c : d.changed)
            events.emplace_back(source, *c, d.type);
        if (!events.empty())
            core.attempt([&] { who->deep.call(events); });
    }
}

} // namespace unisono::inline v0::yjs::detail
