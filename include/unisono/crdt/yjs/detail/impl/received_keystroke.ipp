#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/integrate.hpp>
#include <unisono/crdt/yjs/detail/received_keystroke.hpp>
#include <unisono/crdt/yjs/detail/typing.hpp>

#include <optional>

namespace unisono::inline v0::yjs::detail {

/// Is that the next thing its author may have written, and is there room for it?
UNISONO_DECL bool comes_next(document_store const& store, client_index author, struct_view const& s,
                             update_limits const& limits) noexcept {
    if (author == no_client)
        return false;
    client_record const& client = store.clients[author];
    return s.clock == client.state && s.end() <= limits.clock && client.content.size() < no_slot / 2 &&
           store.items.size() < no_slot / 2;
}

/// The elements of a range that is not empty; nothing unless all of them are known.
UNISONO_DECL std::optional<element_range> known_range(document_store const& store,
                                                      delete_range const& range) noexcept {
    client_index const c = store.clients.find(range.client);
    if (c == no_client || range.end() > store.clients[c].state)
        return std::nullopt;
    return element_range{c, static_cast<std::uint32_t>(range.clock), static_cast<std::uint32_t>(range.end())};
}

UNISONO_DECL bool follow_keystroke(document_store& store, keystroke const& k, update_limits const& limits) {
    struct_view const& s = k.inserted;
    if ((s.length > 0) == (k.deleted.length > 0))
        return false;
    if (s.length > 0) {
        client_index const author = store.clients.find(s.client);
        if (!comes_next(store, author, s, limits))
            return false;
        slot const last = run_before(store, author, s);
        return last != no_slot && type_on(store, last, as_text(s.content));
    }
    auto const range = known_range(store, k.deleted);
    // A heap of which so much is forgotten is compacted at the end of a transaction.
    return range && !store.clients[range->client].content.wasteful() &&
           shift_boundary(store, store.locate({range->client, range->clock}), *range);
}

UNISONO_DECL bool apply_keystroke(document_store& store, keystroke const& k, update_limits const& limits) {
    struct_view const& s = k.inserted;
    bool const erases = k.deleted.length > 0;
    auto const range = erases ? known_range(store, k.deleted) : std::nullopt;
    if (erases && !range)
        return false;
    if (s.length > 0) {
        client_index const author = store.clients.find(s.client);
        auto const later = [&](std::optional<id> const& reference) {
            return reference && reference->client == s.client && reference->clock >= s.clock;
        };
        if (!comes_next(store, author, s, limits) || later(s.origin) || later(s.right_origin) ||
            unmet_dependency(store, s))
            return false;
        integrate(store, author, s);
    }
    if (range)
        erase_range(store, *range);
    return true;
}

} // namespace unisono::inline v0::yjs::detail
