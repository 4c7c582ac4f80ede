#pragma once

#include <unisono/crdt/yjs/detail/item_arena.hpp>

#include <bit>
#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Finds the items of one client by their clocks as long as they stand in the arena one behind the other, as
/// those of a document that is being loaded do.
///
/// A bit for each clock says whether an item begins there, and with every word of bits stands how many begin
/// before it; so the number of an item is a sum. That looks at no item and has no branch that could be
/// foretold wrongly (Jacobson: "Space-efficient Static Trees and Graphs", FOCS 1989, names it rank). Where
/// the items are so long that this would take more memory than they do, it searches among them.
class clock_directory {
public:
    /// For the items in [first, end), which follow each other from clock 0 on. At least one.
    void build(slot first, slot end, item_arena const& items);

    /// The item that covers `clock`. Precondition: there is one.
    slot find(std::uint32_t clock, item_arena const& items) const noexcept {
        if (words_.empty())
            return search(clock, items);
        word const& w = words_[clock / 64];
        std::uint64_t const up_to_clock = UINT64_MAX >> (63 - clock % 64);
        return first_ + w.before + static_cast<slot>(std::popcount(w.begins & up_to_clock)) - 1;
    }

private:
    struct word {
        std::uint64_t begins = 0; ///< bit n: an item begins at the n-th clock of the word
        slot before = 0;          ///< how many do before the word
    };

    slot search(std::uint32_t clock, item_arena const& items) const noexcept;

    slot first_ = 0;
    slot end_ = 0;
    std::vector<word> words_; // empty: too long
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/clock_directory.ipp>
#endif
