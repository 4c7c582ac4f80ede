#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/change_index.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL change_index::change_index(document_store const& store, journal const& changes,
                                        std::span<journal const* const> later)
    : advanced_(changes.advanced), deleted_(changes.deleted) {
    for (journal const* j : later)
        advanced_.insert(advanced_.end(), j->advanced.begin(), j->advanced.end());
    std::sort(advanced_.begin(), advanced_.end(), [](client_advance const& a, client_advance const& b) {
        return a.client != b.client ? a.client < b.client : a.before < b.before;
    });
    std::sort(deleted_.begin(), deleted_.end(), [](element_range const& a, element_range const& b) {
        return a.client != b.client ? a.client < b.client : a.clock < b.clock;
    });

    auto const add = [&](client_index c, std::uint32_t clock, std::uint32_t end) {
        auto const& structs = store.clients[c].structs;
        for (auto place = structs.find(clock, store.items);; place = structs.next(place)) {
            slot const s = structs.at(place);
            if (store.items[s].clock >= end)
                return;
            if (!store.items[s].is(struct_kind::gc))
                items_.push_back({store.items[s].list, s});
            if (structs.is_last(place))
                return;
        }
    };
    for (auto const [client, before] : advanced_)
        add(client, before, store.clients[client].state);
    for (element_range const& range : deleted_)
        add(range.client, range.clock, range.end);
    std::sort(items_.begin(), items_.end());
    items_.erase(std::unique(items_.begin(), items_.end()), items_.end());
}

UNISONO_DECL std::uint32_t change_index::first_new(client_index c) const noexcept {
    auto const found = std::lower_bound(advanced_.begin(), advanced_.end(), c,
                                        [](client_advance const& a, client_index x) { return a.client < x; });
    return found != advanced_.end() && found->client == c ? found->before : 0xffff'ffff;
}

UNISONO_DECL std::vector<element_range>::const_iterator change_index::range_behind(element e) const noexcept {
    return std::lower_bound(deleted_.begin(), deleted_.end(), e, [](element_range const& r, element x) {
        return r.client != x.client ? r.client < x.client : r.end <= x.clock;
    });
}

UNISONO_DECL bool change_index::deletes(element e) const noexcept {
    auto const range = range_behind(e);
    return range != deleted_.end() && range->client == e.client && range->clock <= e.clock;
}

UNISONO_DECL std::vector<slot> change_index::changed_items(list_index list) const {
    std::vector<slot> slots;
    auto at = std::lower_bound(items_.begin(), items_.end(), list,
                               [](changed_item const& a, list_index x) { return a.list < x; });
    for (; at != items_.end() && at->list == list; ++at)
        slots.push_back(at->at);
    return slots;
}

} // namespace unisono::inline v0::yjs::detail
