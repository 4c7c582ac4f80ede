#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/detail/update_index.hpp>
#include <unisono/crdt/yjs/detail/update_reader_v2.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

/// Reads the structs of `block` and notes what a merge wants to know of them. `current` is the last one then.
UNISONO_DECL void read_block(struct_reader_v1& reader, indexed_block& block, struct_view& current) noexcept {
    block.verbatim = true;
    while (reader.next(current)) {
        block.note(current);
        // Marks without data are dropped.
        if (current.keyed && !current.has_parent)
            block.verbatim = false;
    }
    // Skips are made anew, and a gc at either end may be joined with that of another update.
    if (block.known_end != block.end || block.first_is_gc || current.kind == struct_kind::gc)
        block.verbatim = false;
    block.bytes = block.bytes.first(block.bytes.size() - reader.input().remaining());
}

UNISONO_DECL result<void> update_index::add(bytes_view update) {
    lib0_reader in{update};
    std::uint64_t const clients = in.var_count(3);
    if (clients > limits_.clients)
        in.fail(crdt_error::too_many_clients);

    std::size_t const first = blocks_.size();
    std::uint64_t structs = 0;
    for (std::uint64_t i = 0; i < clients && in.ok(); ++i) {
        indexed_block block{read_struct_block_v1(in)};
        if (block.count > limits_.structs - structs) {
            in.fail(crdt_error::too_many_structs);
            break;
        }
        structs += block.count;
        struct_reader_v1 reader{block, limits_};
        read_block(reader, block, last_struct_);
        in = reader.input();
        if (block.count > 0)
            blocks_.push_back(block);
    }
    read_delete_ranges(in, limits_, ranges_);
    if (in.ok() && in.remaining() > 0)
        in.fail(codec_error::trailing_bytes);
    if (!in.ok())
        return in.error();

    structs_ += structs;
    end_update(first);
    return {};
}

UNISONO_DECL result<void> update_index::add_v2(bytes_view update) {
    update_reader_v2 in{update, limits_};
    std::size_t const first = blocks_.size();
    for (struct_view& s = last_struct_; in.next(s);) {
        if (blocks_.size() == first || blocks_.back().client != s.client || blocks_.back().end != s.clock)
            blocks_.emplace_back(struct_block{s.client, s.clock, 0, {}});
        blocks_.back().note(s);
        ++blocks_.back().count;
        ++structs_;
    }
    auto const ranges = in.finish();
    if (!ranges)
        return ranges.error();
    ranges_.insert(ranges_.end(), ranges->begin(), ranges->end());
    end_update(first);
    return {};
}

UNISONO_DECL void update_index::end_update(std::size_t first) {
    auto const begin = blocks_.begin() + static_cast<std::ptrdiff_t>(first);
    auto ascending = [](auto& a, auto& b) { return a.client <= b.client; };
    if (std::adjacent_find(begin, blocks_.end(), ascending) != blocks_.end()) {
        canonical_ = false;
        std::stable_sort(begin, blocks_.end(), [](auto& a, auto& b) {
            return a.client != b.client ? a.client > b.client : a.clock < b.clock;
        });
    }
    ends_.push_back(blocks_.size());
}

UNISONO_DECL result<update_index> update_index::of(std::span<bytes_view const> updates,
                                                   update_limits const& limits) {
    update_index index{limits};
    index.reserve(updates.size());
    for (bytes_view update : updates) {
        if (auto added = index.add(update); !added)
            return added.error();
    }
    return index;
}

UNISONO_DECL state_vector update_index::state() const {
    state_vector vector;
    for (auto const& block : blocks(0))
        if (block.clock == 0)
            vector.set(block.client, block.known_end);
    return vector;
}

} // namespace unisono::inline v0::yjs::detail
