#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/clock_directory.hpp>

#include <bit>
#include <cstddef>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL void clock_directory::build(slot first, slot end, item_arena const& items) {
    first_ = first;
    end_ = end;
    std::size_t const words = (items[end - 1].end() - 1) / 64 + std::size_t{1};
    if (words / 2 > end - first)
        return;
    words_.resize(words);
    for (slot s = first; s < end; ++s)
        words_[items[s].clock / 64].begins |= std::uint64_t{1} << items[s].clock % 64;
    slot before = 0;
    for (word& w : words_) {
        w.before = before;
        before += static_cast<slot>(std::popcount(w.begins));
    }
}

/// The last one that does not begin behind the clock.
UNISONO_DECL slot clock_directory::search(std::uint32_t clock, item_arena const& items) const noexcept {
    slot first = first_;
    slot last = end_ - 1;
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
