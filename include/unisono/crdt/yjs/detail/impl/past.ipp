#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/detail/past.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL result<past> past::make(document_store const& store, snapshot const& state) {
    past made;
    made.clients_.resize(store.clients.size());
    for (auto const& [id, clock] : state.state.entries()) {
        client_index const c = store.clients.find(id);
        if (c == no_client || store.clients[c].state < clock)
            return crdt_error::missing_elements;
        made.clients_[c].state = static_cast<std::uint32_t>(clock);
    }
    for (delete_range const& range : state.deleted.ranges()) {
        client_index const c = store.clients.find(range.client);
        std::uint64_t const end =
            std::min<std::uint64_t>(range.end(), c != no_client ? store.clients[c].state : 0);
        if (range.clock < end)
            made.clients_[c].deleted.push_back(
                {c, static_cast<std::uint32_t>(range.clock), static_cast<std::uint32_t>(end)});
    }
    for (client_index c = 0; c < made.clients_.size(); ++c) {
        bool forgotten = false;
        if (made.clients_[c].state == 0)
            continue;
        store.clients[c].structs.for_each({0, 0}, [&](slot s) {
            item const& it = store.items[s];
            if (!it.is(struct_kind::gc) && !it.is(struct_kind::deleted))
                return;
            for (std::uint32_t clock = it.clock; clock < it.end() && !forgotten;) {
                auto const [shown, until] = made.at({c, clock});
                forgotten = shown;
                clock = until;
            }
        });
        if (forgotten)
            return crdt_error::content_forgotten;
    }
    return made;
}

UNISONO_DECL past::visibility past::at(element e) const noexcept {
    constexpr std::uint32_t for_ever = 0xffff'ffff;
    if (e.clock >= state(e.client))
        return {false, for_ever};
    auto const& deleted = clients_[e.client].deleted;
    auto const range = std::partition_point(deleted.begin(), deleted.end(),
                                            [&](element_range const& r) { return r.end <= e.clock; });
    if (range == deleted.end())
        return {true, state(e.client)};
    return range->clock <= e.clock ? visibility{false, range->end}
                                   : visibility{true, std::min(range->clock, state(e.client))};
}

} // namespace unisono::inline v0::yjs::detail
