#pragma once

#include <unisono/crdt/yjs/detail/item_arena.hpp>

#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Finds the items of one client by their clocks as long as they stand in the arena one behind the other, as
/// those of a document that is being loaded do.
///
/// A table says which item covers each 2^n-th clock. It has at most one entry per item, so it mostly leads
/// to the item or next to it, and takes no more memory when somebody sends runs of a thousand million
/// elements.
class clock_directory {
public:
    /// For the items in [first, end), which follow each other from clock 0 on. At least one.
    void build(slot first, slot end, item_arena const& items);

    /// The item that covers `clock`. Precondition: there is one.
    slot find(std::uint32_t clock, item_arena const& items) const noexcept {
        std::size_t const entry = clock >> shift_;
        slot s = starts_[entry];
        if (starts_[entry + 1] - s > few) [[unlikely]]
            s = search(s, starts_[entry + 1], clock, items);
        while (items[s].end() <= clock)
            ++s;
        return s;
    }

private:
    static constexpr slot few = 8; ///< to step over is quicker than to search

    static slot search(slot first, slot last, std::uint32_t clock, item_arena const& items) noexcept;

    std::vector<slot> starts_; // of clock 0, 2^n, 2 * 2^n ...; then the last item
    unsigned shift_ = 0;       // n
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/clock_directory.ipp>
#endif
