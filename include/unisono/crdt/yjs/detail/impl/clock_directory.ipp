#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/clock_directory.hpp>

#include <cstddef>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL void clock_directory::build(slot first, slot end, item_arena const& items) {
    std::uint32_t const last_clock = items[end - 1].end() - 1;
    std::size_t const most = end - first;
    shift_ = 0;
    while (last_clock >> shift_ >= most)
        ++shift_;
    starts_.resize((last_clock >> shift_) + std::size_t{2});
    std::size_t entry = 0;
    for (slot s = first; s < end; ++s) {
        std::size_t const behind = ((items[s].end() - 1) >> shift_) + std::size_t{1};
        while (entry < behind)
            starts_[entry++] = s;
    }
    starts_[entry] = end - 1;
}

/// The last of the items in [first, last] that does not begin behind `clock`.
UNISONO_DECL slot clock_directory::search(slot first, slot last, std::uint32_t clock,
                                          item_arena const& items) noexcept {
    while (first < last) {
        slot const middle = last - (last - first) / 2;
        if (items[middle].clock <= clock)
            first = middle;
        else
            last = middle - 1;
    }
    return first;
}

} // namespace unisono::inline v0::yjs::detail
