#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/struct_index.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
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
        last_not_behind(first_clocks_.size(), [&](std::size_t i) { return first_clocks_[i] > clock; });
    auto const& block = blocks_[b];
    auto const s =
        last_not_behind(block.size(), [&](std::size_t i) { return items[block[i]].clock > clock; });
    return {static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(s)};
}

UNISONO_DECL void struct_index::assign(slot first, slot end, item_arena const& items) {
    std::size_t const blocks = (end - first + block_size - 1) / block_size;
    blocks_.resize(blocks);
    first_clocks_.resize(blocks);
    for (std::size_t b = 0; b < blocks; ++b, first += block_size) {
        blocks_[b].resize(std::min(block_size, end - first));
        std::iota(blocks_[b].begin(), blocks_[b].end(), first);
        first_clocks_[b] = items[first].clock;
    }
}

UNISONO_DECL void struct_index::push_back(slot s, std::uint32_t clock) {
    if (blocks_.empty() || blocks_.back().size() == block_size) {
        first_clocks_.push_back(clock);
        blocks_.emplace_back();
    }
    blocks_.back().push_back(s);
}

UNISONO_DECL void struct_index::insert_after(place p, slot s, item_arena const& items) {
    if (blocks_[p.block].size() == block_size) {
        split(p.block, items);
        if (p.offset >= block_size / 2)
            p = {p.block + 1, p.offset - block_size / 2};
    }
    auto& block = blocks_[p.block];
    block.insert(block.begin() + p.offset + 1, s);
}

/// Gives the second half of a block a block of its own.
UNISONO_DECL void struct_index::split(std::uint32_t block, item_arena const& items) {
    auto& full = blocks_[block];
    auto const half = full.begin() + block_size / 2;
    std::vector<slot> second{half, full.end()};
    full.erase(half, full.end());
    first_clocks_.insert(first_clocks_.begin() + block + 1, items[second.front()].clock);
    blocks_.insert(blocks_.begin() + block + 1, std::move(second));
}

UNISONO_DECL void struct_index::erase(place p, item_arena const& items) {
    auto& block = blocks_[p.block];
    block.erase(block.begin() + p.offset);
    if (block.empty()) {
        blocks_.erase(blocks_.begin() + p.block);
        first_clocks_.erase(first_clocks_.begin() + p.block);
    } else if (p.offset == 0) {
        first_clocks_[p.block] = items[block.front()].clock;
    }
}

UNISONO_DECL std::size_t struct_index::count_from(place from) const noexcept {
    std::size_t count = 0;
    for (std::size_t b = from.block; b < blocks_.size(); ++b)
        count += blocks_[b].size();
    return count - from.offset;
}

} // namespace unisono::inline v0::yjs::detail
