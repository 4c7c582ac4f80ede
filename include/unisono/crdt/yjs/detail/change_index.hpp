#pragma once

#include <unisono/crdt/yjs/detail/document_store.hpp>

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// What a transaction did, to be asked by element and by list. Valid until the document changes.
class change_index {
public:
    /// `later` are the transactions that listeners made since: what they added is new as well, as in Yjs.
    change_index(document_store const& store, journal const& changes, std::span<journal const* const> later);

    bool adds(element e) const noexcept { return e.clock >= first_new(e.client); }
    bool deletes(element e) const noexcept;

    /// Elements of one item that went the same way.
    struct part {
        std::uint32_t offset; ///< in the item
        std::uint32_t length;
        bool added;
        bool deleted; ///< by the transaction
    };
    /// Calls `each(part)` for all parts of an item, in order.
    template <class Each>
    void for_each_part(item const& it, Each&& each) const {
        std::uint32_t const before = first_new(it.client);
        auto range = range_behind(it.first());
        for (std::uint32_t clock = it.clock; clock < it.end();) {
            while (range != deleted_.end() && range->client == it.client && range->end <= clock)
                ++range;
            bool const near = range != deleted_.end() && range->client == it.client;
            bool const deleted = near && range->clock <= clock;
            bool const added = clock >= before;
            std::uint32_t end = it.end();
            if (!added && before < end)
                end = before;
            if (near) {
                std::uint32_t const edge = deleted ? range->end : range->clock;
                if (edge < end)
                    end = edge;
            }
            each(part{clock - it.clock, end - clock, added, deleted});
            clock = end;
        }
    }

    /// The items of a list that have elements which were added or deleted, each once and in no order.
    std::vector<slot> changed_items(list_index list) const;

private:
    struct changed_item {
        list_index list;
        slot at;
        friend auto operator<=>(changed_item const&, changed_item const&) = default;
    };

    std::uint32_t first_new(client_index c) const noexcept;
    std::vector<element_range>::const_iterator range_behind(element e) const noexcept;

    std::vector<client_advance> advanced_; // by client
    std::vector<element_range> deleted_;   // by client, then clock
    std::vector<changed_item> items_;      // sorted
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/change_index.ipp>
#endif
