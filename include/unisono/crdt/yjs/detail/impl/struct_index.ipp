#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/struct_index.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL struct_index::place struct_index::search(std::uint32_t clock,
                                                      item_arena const& items) const noexcept {
    auto const after = std::upper_bound(blocks_.begin(), blocks_.end(), clock,
                                        [](std::uint32_t c, block const& b) { return c < b.first_clock; });
    auto const& slots = std::prev(after)->slots;
    auto const behind = std::upper_bound(slots.begin(), slots.end(), clock,
                                         [&](std::uint32_t c, slot s) { return c < items[s].clock; });
    return {static_cast<std::uint32_t>(after - blocks_.begin() - 1),
            static_cast<std::uint32_t>(behind - slots.begin() - 1)};
}

UNISONO_DECL void struct_index::push_back(slot s, std::uint32_t clock) {
    if (blocks_.empty() || blocks_.back().slots.size() == block_size)
        blocks_.push_back({clock, {}});
    blocks_.back().slots.push_back(s);
}

UNISONO_DECL void struct_index::insert_after(place p, slot s, item_arena const& items) {
    auto const offset = static_cast<std::ptrdiff_t>(p.offset);
    auto& full = blocks_[p.block].slots;
    full.insert(full.begin() + offset + 1, s);
    if (full.size() <= block_size)
        return;
    // The second half goes into a block of its own.
    auto const half = full.begin() + block_size / 2;
    block second{items[*half].clock, {half, full.end()}};
    full.erase(half, full.end());
    blocks_.insert(blocks_.begin() + p.block + 1, std::move(second));
}

UNISONO_DECL void struct_index::erase(place p, item_arena const& items) {
    auto& slots = blocks_[p.block].slots;
    slots.erase(slots.begin() + p.offset);
    if (slots.empty()) {
        blocks_.erase(blocks_.begin() + p.block);
    } else if (p.offset == 0) {
        blocks_[p.block].first_clock = items[slots.front()].clock;
    }
}

UNISONO_DECL std::size_t struct_index::count_from(place from) const noexcept {
    std::size_t count = 0;
    for (std::size_t b = from.block; b < blocks_.size(); ++b)
        count += blocks_[b].slots.size();
    return count - from.offset;
}

} // namespace unisono::inline v0::yjs::detail
