#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/event_reader.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>
#include <unisono/crdt/yjs/type_event.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs {

UNISONO_DECL std::vector<path_step> type_event::path() const {
    detail::document_store& store = source_->core.store;
    std::vector<path_step> path;
    for (detail::type_index type = changed_->type; type != current_target_;) {
        detail::slot const owner = store.types[type].owner;
        auto const& list = store.types.list(store.items[owner].list);
        if (list.keyed())
            path.emplace_back(std::string{store.types.texts()[list.key]});
        else
            path.emplace_back(detail::elements_before(store, owner));
        type = list.type;
    }
    std::reverse(path.begin(), path.end());
    return path;
}

UNISONO_DECL yjs::delta const& type_event::delta() const {
    if (!changed_->delta) {
        auto const& record = source_->core.store.types[changed_->type];
        bool const text = is_text(record.kind);
        changed_->delta =
            text && record.formatted
                ? detail::formatted_delta(source_->core, source_->changes(), changed_->type)
                : detail::sequence_delta(source_->core, source_->changes(), changed_->type, text);
    }
    return *changed_->delta;
}

namespace detail {

/// What happened to a key, whose values stand in a list with the last one at its end.
UNISONO_DECL std::optional<key_change> read_key_change(document_core& core, change_index const& changes,
                                                       list_record const& list) {
    document_store const& store = core.store;
    item const& now = store.items[list.last];
    slot before = list.last;
    if (changes.adds(now.first())) {
        do
            before = store.items[before].left;
        while (before != no_slot && changes.adds(store.items[before].first()));
    }
    bool const had = before != no_slot && changes.deletes(store.items[before].first());
    bool const has = changes.adds(now.first()) && !changes.deletes(now.first());
    if (!had && !has)
        return std::nullopt;
    key_change change{std::string{store.types.texts()[list.key]}, key_change::action::add, std::nullopt};
    if (had) {
        change.what = has ? key_change::action::update : key_change::action::erase;
        change.old_value = read_element(core, store.items[before], store.items[before].length - 1);
    }
    return change;
}

} // namespace detail

UNISONO_DECL std::vector<key_change> const& type_event::keys() const {
    if (!changed_->keys) {
        auto& core = source_->core;
        std::vector<key_change> keys;
        for (detail::list_index list : changed_->lists) {
            if (auto const& record = core.store.types.list(list); record.keyed()) {
                if (auto change = detail::read_key_change(core, source_->changes(), record))
                    keys.push_back(std::move(*change));
            }
        }
        changed_->keys = std::move(keys);
    }
    return *changed_->keys;
}

} // namespace unisono::inline v0::yjs
