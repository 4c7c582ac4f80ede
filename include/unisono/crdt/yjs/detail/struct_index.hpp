#pragma once

#include <unisono/crdt/yjs/detail/item_arena.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// The structs of one client in the order of their clocks, without a gap from 0 on.
///
/// A sorted array in blocks: appending and finding what was found last take constant time, finding anything
/// else two binary searches, and inserting moves a kilobyte at most. Only when a block is full, the blocks
/// behind it move in their directory, of which a document of millions of items has some thousand.
class struct_index {
public:
    /// Where a struct stands; valid until the next change.
    struct place {
        std::uint32_t block;
        std::uint32_t offset;
        friend bool operator==(place, place) = default;
    };

    bool empty() const noexcept { return blocks_.empty(); }
    slot at(place p) const noexcept { return blocks_[p.block][p.offset]; }
    slot back() const noexcept { return blocks_.back().back(); }
    place last() const noexcept {
        return {static_cast<std::uint32_t>(blocks_.size() - 1),
                static_cast<std::uint32_t>(blocks_.back().size() - 1)};
    }

    /// The struct that covers `clock`. Precondition: there is one.
    place find(std::uint32_t clock, item_arena const& items) const noexcept {
        // One edit is mostly beside the last one, and the ranges of an update come in order, a few structs
        // apart.
        if (found_.block < blocks_.size() && found_.offset < blocks_[found_.block].size()) {
            for (int steps = 0; steps < most_steps; ++steps) {
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
        return p.block + 1 == blocks_.size() && p.offset + 1 == blocks_[p.block].size();
    }
    /// Precondition: not the last, the first.
    place next(place p) const noexcept {
        return p.offset + 1 < blocks_[p.block].size() ? place{p.block, p.offset + 1} : place{p.block + 1, 0};
    }
    place previous(place p) const noexcept {
        return p.offset > 0 ? place{p.block, p.offset - 1}
                            : place{p.block - 1, static_cast<std::uint32_t>(blocks_[p.block - 1].size() - 1)};
    }

    /// Takes the structs in the slots from `first` to before `end`, which are all of the client's.
    void assign(slot first, slot end, item_arena const& items);
    void push_back(slot s, std::uint32_t clock);
    void insert_after(place p, slot s, item_arena const& items);
    void erase(place p, item_arena const& items);

    /// Notes that the struct at `p` begins elsewhere now.
    void moved(place p, std::uint32_t clock) noexcept {
        if (p.offset == 0)
            first_clocks_[p.block] = clock;
    }

    /// Calls `each(slot)` for all structs in order, from the one at `from` on.
    template <class Each>
    void for_each(place from, Each&& each) const {
        for (std::size_t b = from.block; b < blocks_.size(); ++b) {
            auto const& block = blocks_[b];
            for (std::size_t i = b == from.block ? from.offset : 0; i < block.size(); ++i)
                each(block[i]);
        }
    }

    /// How many structs stand from `from` on.
    std::size_t count_from(place from) const noexcept;

private:
    static constexpr std::uint32_t block_size = 256;
    // A step costs less than a level of a search, whose branches and memory nobody can foretell: the ranges
    // of a document that is loaded are a dozen elements apart, and what is farther than some hundred elements
    // is rarely within as few steps.
    static constexpr std::uint32_t nearby = 512; ///< elements
    static constexpr int most_steps = 8;

    place search(std::uint32_t clock, item_arena const& items) const noexcept;
    void split(std::uint32_t block, item_arena const& items);

    std::vector<std::vector<slot>> blocks_;   // none empty
    std::vector<std::uint32_t> first_clocks_; // of each block
    mutable place found_{0, 0};               // last; it may be outdated
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/struct_index.ipp>
#endif
