#pragma once

#include <unisono/crdt/yjs/detail/client_table.hpp>
#include <unisono/crdt/yjs/detail/item.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Elements of one client with a clock in [clock, end).
struct element_range {
    client_index client;
    std::uint32_t clock;
    std::uint32_t end;
};

/// What the running transaction did, so that its end costs what it changed and not what there is.
struct journal {
    std::vector<client_index> advanced; ///< clients with new elements; their records know since when
    std::vector<element_range> deleted; ///< in order of deletion, then, after sort(), of the clocks
    std::vector<element> cuts;          ///< first elements of items that might join what is beside them

    /// Is there nothing to tell others?
    bool empty() const noexcept { return advanced.empty() && deleted.empty(); }

    void add_deleted(element_range range) {
        if (!deleted.empty() && deleted.back().client == range.client && deleted.back().end == range.clock)
            deleted.back().end = range.end;
        else
            deleted.push_back(range);
    }

    /// Puts everything into the order of the wire and joins deleted ranges that touch.
    void sort(client_table const& clients) {
        if (advanced.size() > 1)
            std::sort(advanced.begin(), advanced.end(),
                      [&](client_index a, client_index b) { return clients[a].id > clients[b].id; });
        if (deleted.size() < 2)
            return;
        auto const before = [&](element_range const& a, element_range const& b) {
            return a.client != b.client ? clients[a.client].id > clients[b.client].id : a.clock < b.clock;
        };
        if (!std::is_sorted(deleted.begin(), deleted.end(), before)) // as they are in a document being loaded
            std::sort(deleted.begin(), deleted.end(), before);
        std::size_t kept = 0;
        for (element_range const& range : deleted) {
            if (kept > 0 && deleted[kept - 1].client == range.client && deleted[kept - 1].end >= range.clock)
                deleted[kept - 1].end = std::max(deleted[kept - 1].end, range.end);
            else
                deleted[kept++] = range;
        }
        deleted.resize(kept);
    }

    void clear(client_table& clients) noexcept {
        for (client_index c : advanced)
            clients[c].advanced = false;
        advanced.clear();
        deleted.clear();
        cuts.clear();
        if (deleted.capacity() > kept_ranges) // a document was loaded
            deleted.shrink_to_fit();
    }

    static constexpr std::size_t kept_ranges = 256;
};

} // namespace unisono::inline v0::yjs::detail
