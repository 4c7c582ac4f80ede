#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/bulk_load.hpp>
#include <unisono/crdt/yjs/detail/bulk_loader.hpp>
#include <unisono/crdt/yjs/detail/update_reader_v1.hpp>
#include <unisono/crdt/yjs/detail/update_reader_v2.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace unisono::inline v0::yjs::detail {

/// A second empty store, in which root types have the same numbers.
UNISONO_DECL std::optional<document_store> copy_empty(document_store const& store) {
    if (store.items.size() > 0 || store.clients.size() > 0)
        return std::nullopt;
    std::optional<document_store> copy{std::in_place};
    copy->notes_lists = store.notes_lists;
    copy->forgets_at_once = store.forgets_at_once;
    copy->positions = store.positions;
    for (type_index root : store.types.roots()) {
        type_record const& type = store.types[root];
        if (copy->types.root(store.types.texts()[type.name]) != root)
            return std::nullopt;
        copy->types[root].kind = type.kind;
    }
    return copy;
}

template <class Reader>
bool load_with(document_store& store, bytes_view update, update_limits const& limits) {
    auto loaded = copy_empty(store);
    if (!loaded)
        return false;
    Reader in{update, limits};
    bulk_loader loader{*loaded, in.clients()};
    for (struct_view s; in.next(s);) {
        // For the first client, most often the only one, and not more than what came can pay for.
        loaded->items.reserve(std::min(in.structs(), update.size()));
        if (!loader.add(s))
            return false;
    }
    auto const ranges = in.finish();
    if (!ranges || !loader.resolve(*ranges) || !loader.link())
        return false;
    loader.erase();
    loader.finish();
    loaded->items.trim();
    store = std::move(*loaded);
    return true;
}

UNISONO_DECL bool load(document_store& store, bytes_view update, update_limits const& limits) {
    return load_with<update_reader_v1>(store, update, limits);
}

UNISONO_DECL bool load_v2(document_store& store, bytes_view update, update_limits const& limits) {
    return load_with<update_reader_v2>(store, update, limits);
}

} // namespace unisono::inline v0::yjs::detail
