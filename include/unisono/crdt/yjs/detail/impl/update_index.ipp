#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/detail/update_index.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

/// Reads the structs of `block` and notes what a merge wants to know of them. `current` is the last one then.
UNISONO_DECL void read_block(struct_reader_v1& reader, indexed_block& block, struct_view& current) noexcept {
    bool skipped = false, found = false;
    block.end = block.known_end = block.clock;
    block.verbatim = true;
    while (reader.next(current)) {
        block.end = current.end();
        if (current.kind == struct_kind::skip) {
            skipped = true;
        } else if (!found) {
            found = true;
            block.first = current.clock;
            block.first_is_gc = current.kind == struct_kind::gc;
        }
        if (!skipped)
            block.known_end = block.end;
        // Skips are made anew, and marks without data are dropped.
        if (skipped || (current.keyed && !current.has_parent))
            block.verbatim = false;
    }
    if (!found)
        block.first = block.end;
    // A gc at either end may be joined with that of another update.
    if (block.first_is_gc || current.kind == struct_kind::gc)
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

    auto const begin = blocks_.begin() + static_cast<std::ptrdiff_t>(first);
    auto ascending = [](auto& a, auto& b) { return a.client <= b.client; };
    if (std::adjacent_find(begin, blocks_.end(), ascending) != blocks_.end()) {
        canonical_ = false;
        std::stable_sort(begin, blocks_.end(), [](auto& a, auto& b) {
            return a.client != b.client ? a.client > b.client : a.clock < b.clock;
        });
    }
    structs_ += structs;
    ends_.push_back(blocks_.size());
    return {};
}

} // namespace unisono::inline v0::yjs::detail
