#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/struct_index.hpp>

#include <cstddef>
#include <iterator>
#include <utility>

namespace unisono::inline v0::yjs::detail {

/// The last of `count` sorted things of which `starts_behind(i)` does not hold; it does not for the first.
/// Which way each step goes cannot be predicted, so it is computed and not branched on.
template <class StartsBehind>
std::size_t last_not_behind(std::size_t count, StartsBehind&& starts_behind) noexcept {
    std::size_t first = 0;
    while (count > 1) {
        std::size_t const half = count / 2;
        first += half * static_cast<std::size_t>(!starts_behind(first + half));
        count -= half;
    }
    return first;
}

UNISONO_DECL struct_index::place struct_index::search(std::uint32_t clock,
                                                      item_arena const& items) const noexcept {
    auto const b =
        last_not_behind(blocks_.size(), [&](std::size_t i) { return blocks_[i].first_clock > clock; });
    auto const& slots = blocks_[b].slots;
    auto const s =
        last_not_behind(slots.size(), [&](std::size_t i) { return items[slots[i]].clock > clock; });
    return {static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(s)};
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
