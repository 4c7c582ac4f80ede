#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/bulk_load.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/integrate.hpp>
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

/// Slots, clients and places in a heap are numbers of 32 or fewer bits. A struct makes at most three items,
/// and no byte becomes more than four.
UNISONO_DECL bool has_room(document_store const& store, client_index c, struct_view const& s) noexcept {
    return c < no_client && store.items.size() < no_slot / 4 &&
           store.clients[c].content.size() + 4 * s.content.size() < no_slot / 4;
}

/// Was `s` written where the struct before it ends, and in one go?
UNISONO_DECL bool follows(struct_view const& s, struct_kind kind_before,
                          std::optional<id> const& right_before) noexcept {
    return is_run(s.kind) && s.kind == kind_before && s.right_origin == right_before && s.origin &&
           *s.origin == id{s.client, s.clock - 1};
}

/// Structs that follow each other are apart in a saved document because something came between them, and
/// making one run of them would mean to cut it soon. In the log of an author most follow each other, and
/// nothing comes between most of them.
template <class Reader>
bool load_structs(document_store& store, Reader& in, std::size_t update_bytes) {
    std::size_t following = 0;
    std::size_t others = 0;
    struct_kind kind_before = struct_kind::gc;
    std::optional<id> right_before;
    for (struct_view s; in.next(s);) {
        // Once, and not more than what came can pay for.
        store.items.reserve(std::min(in.structs(), update_bytes));
        client_index const c = store.clients.intern(s.client);
        if (s.kind == struct_kind::skip || !has_room(store, c, s) || s.clock != store.clients[c].state ||
            unmet_dependency(store, s))
            return false;
        ++(follows(s, kind_before, right_before) ? following : others);
        kind_before = s.kind;
        right_before = s.right_origin;
        if (following > others)
            integrate(store, c, s);
        else
            integrate_apart(store, c, s);
    }
    return true;
}

UNISONO_DECL bool load_deletions(document_store& store, std::span<delete_range const> ranges) {
    for (delete_range const& r : ranges) {
        client_index const c = store.clients.find(r.client);
        if (c == no_client || r.end() > store.clients[c].state || store.items.size() > no_slot / 2)
            return false;
        if (r.length > 0)
            erase_range(store, {c, static_cast<std::uint32_t>(r.clock), static_cast<std::uint32_t>(r.end())});
    }
    return true;
}

template <class Reader>
bool load_with(document_store& store, bytes_view update, update_limits const& limits) {
    auto loaded = copy_empty(store);
    if (!loaded)
        return false;
    Reader in{update, limits};
    if (!load_structs(*loaded, in, update.size()))
        return false;
    auto const ranges = in.finish();
    if (!ranges || !load_deletions(*loaded, *ranges))
        return false;
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
