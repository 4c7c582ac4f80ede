#pragma once

#include <unisono/crdt/yjs/detail/item_arena.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// The structs of one client in the order of their clocks, without a gap from 0 on.
///
/// A sorted array in blocks: appending and finding what was found last take constant time, finding anything
/// else a binary search, and inserting moves a few hundred bytes however long the history is.
class struct_index {
public:
    /// Where a struct stands; valid until the next change.
    struct place {
        std::uint32_t block;
        std::uint32_t offset;
        friend bool operator==(place, place) = default;
    };

    bool empty() const noexcept { return blocks_.empty(); }
    slot at(place p) const noexcept { return blocks_[p.block].slots[p.offset]; }
    slot back() const noexcept { return blocks_.back().slots.back(); }
    place last() const noexcept {
        return {static_cast<std::uint32_t>(blocks_.size() - 1),
                static_cast<std::uint32_t>(blocks_.back().slots.size() - 1)};
    }

    /// The struct that covers `clock`. Precondition: there is one.
    place find(std::uint32_t clock, item_arena const& items) const noexcept {
        // One edit is mostly beside the last one, and the ranges of an update come in order, a few structs
        // apart.
        if (found_.block < blocks_.size() && found_.offset < blocks_[found_.block].slots.size()) {
            for (int steps = 0; steps < 3; ++steps) {
                item const& near = items[at(found_)];
                if (clock - near.clock < near.length) // less than its clock wraps around to more
                    return found_;
                if (clock < near.clock && near.clock - clock <= nearby && !is_first(found_))
                    found_ = previous(found_);
                else if (clock >= near.end() && clock - near.end() < nearby && !is_last(found_))
                    found_ = next(found_);
                else
                    break;
            }
        }
        return found_ = search(clock, items);
    }

    bool is_first(place p) const noexcept { return p.block == 0 && p.offset == 0; }
    bool is_last(place p) const noexcept {
        return p.block + 1 == blocks_.size() && p.offset + 1 == blocks_[p.block].slots.size();
    }
    /// Precondition: not the last, the first.
    place next(place p) const noexcept {
        return p.offset + 1 < blocks_[p.block].slots.size() ? place{p.block, p.offset + 1}
                                                            : place{p.block + 1, 0};
    }
    place previous(place p) const noexcept {
        return p.offset > 0
                   ? place{p.block, p.offset - 1}
                   : place{p.block - 1, static_cast<std::uint32_t>(blocks_[p.block - 1].slots.size() - 1)};
    }

    void push_back(slot s, std::uint32_t clock);
    void insert_after(place p, slot s, item_arena const& items);
    void erase(place p, item_arena const& items);

    /// Notes that the struct at `p` begins elsewhere now.
    void moved(place p, item_arena const& items) noexcept {
        if (p.offset == 0)
            blocks_[p.block].first_clock = items[at(p)].clock;
    }

    /// Calls `each(slot)` for all structs in order, from the one at `from` on.
    template <class Each>
    void for_each(place from, Each&& each) const {
        for (std::size_t b = from.block; b < blocks_.size(); ++b) {
            auto const& slots = blocks_[b].slots;
            for (std::size_t i = b == from.block ? from.offset : 0; i < slots.size(); ++i)
                each(slots[i]);
        }
    }

    /// How many structs stand from `from` on.
    std::size_t count_from(place from) const noexcept;

private:
    static constexpr std::size_t block_size = 64;
    static constexpr std::uint32_t nearby = 64; ///< elements: probably not worth a search

    struct block {
        std::uint32_t first_clock;
        std::vector<slot> slots; // never empty
    };

    place search(std::uint32_t clock, item_arena const& items) const noexcept;

    std::vector<block> blocks_;
    mutable place found_{0, 0}; // last; it may be outdated
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/struct_index.ipp>
#endif
