#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/difference.hpp>
#include <unisono/crdt/yjs/detail/merge_loop.hpp>
#include <unisono/crdt/yjs/detail/run_joiner.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>
#include <unisono/crdt/yjs/detail/update_index.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs {

namespace detail {

/// Writes what a replica at `known` lacks of one canonical update.
UNISONO_DECL void write_difference(update_index const& index, state_vector const& known,
                                   struct_writer_v1& out) {
    difference missing{known, out};
    for (auto const& block : index.blocks(0)) {
        if (block.end <= known.get(block.client))
            continue;
        struct_reader_v1 reader{block, index.limits()};
        for (struct_view current; reader.next(current);)
            missing.add(current);
    }
}

UNISONO_DECL update_meta meta_of(update_index& index) {
    update_meta meta;
    for (auto const& block : index.blocks(0)) {
        if (!meta.clients.empty() && meta.clients.back().client == block.client)
            meta.clients.back().to = std::max(meta.clients.back().to, block.end);
        else
            meta.clients.push_back({block.client, block.clock, block.end});
    }
    meta.deletes = !delete_set{index.take_ranges()}.empty();
    return meta;
}

} // namespace detail

UNISONO_DECL result<void> validate_update(bytes_view update, update_limits const& limits) {
    return detail::update_index{limits}.add(update);
}

UNISONO_DECL result<byte_buffer> merge_updates(std::span<bytes_view const> updates,
                                               update_limits const& limits) {
    auto index = detail::update_index::of(updates, limits);
    if (!index)
        return index.error();
    if (updates.size() == 1 && index->canonical())
        return byte_buffer(updates[0].begin(), updates[0].end());
    detail::struct_writer_v1 out;
    detail::merge_structs(*index, out);
    return out.finish(delete_set{index->take_ranges()}, limits);
}

UNISONO_DECL result<byte_buffer> compact_updates(std::span<bytes_view const> updates,
                                                 update_limits const& limits) {
    auto index = detail::update_index::of(updates, limits);
    if (!index)
        return index.error();
    detail::run_joiner_v1 out;
    detail::merge_structs(*index, out);
    return out.finish(delete_set{index->take_ranges()}, limits);
}

UNISONO_DECL result<byte_buffer> diff_update(bytes_view update, bytes_view encoded_vector,
                                             update_limits const& limits) {
    auto known = state_vector::decode(encoded_vector, limits);
    if (!known)
        return known.error();
    detail::update_index index{limits};
    if (auto added = index.add(update); !added)
        return added.error();
    if (!index.canonical()) {
        auto merged = merge_updates({&update, 1}, limits);
        return merged ? diff_update(*merged, encoded_vector, limits) : merged;
    }
    detail::struct_writer_v1 out;
    detail::write_difference(index, *known, out);
    return out.finish(delete_set{index.take_ranges()}, limits);
}

UNISONO_DECL result<std::vector<byte_buffer>> split_update(bytes_view update, std::size_t bytes,
                                                           update_limits const& limits) {
    detail::update_index index{limits};
    if (auto added = index.add(update); !added)
        return added.error();
    std::vector<byte_buffer> parts;
    detail::struct_writer_v1 part;
    for (auto const& block : index.blocks(0)) {
        struct_reader_v1 structs{block, limits};
        for (struct_view current; structs.next(current);) {
            if (part.size() != 0 && part.size() + current.content.size() > bytes) {
                parts.push_back(part.finish({}, limits).value()); // it is less than was accepted
                part = detail::struct_writer_v1{};
            }
            part.write(current);
        }
    }
    auto last = part.finish(delete_set{index.take_ranges()}, limits);
    if (!last)
        return last.error();
    parts.push_back(*std::move(last));
    return parts;
}

UNISONO_DECL result<byte_buffer> state_vector_from_update(bytes_view update, update_limits const& limits) {
    detail::update_index index{limits};
    if (auto added = index.add(update); !added)
        return added.error();
    if (!index.canonical()) {
        // Of a client named twice, one block may fill the hole in another.
        auto merged = merge_updates({&update, 1}, limits);
        return merged ? state_vector_from_update(*merged, limits) : merged;
    }
    return index.state().encode();
}

UNISONO_DECL result<update_meta> parse_update_meta(bytes_view update, update_limits const& limits) {
    detail::update_index index{limits};
    if (auto added = index.add(update); !added)
        return added.error();
    return detail::meta_of(index);
}

} // namespace unisono::inline v0::yjs
