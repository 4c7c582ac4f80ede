#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/detail/difference.hpp>
#include <unisono/crdt/yjs/detail/merge_loop.hpp>
#include <unisono/crdt/yjs/detail/struct_writer_v2.hpp>
#include <unisono/crdt/yjs/detail/update_index.hpp>
#include <unisono/crdt/yjs/detail/update_reader_v2.hpp>
#include <unisono/crdt/yjs/update_v2.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs {

namespace detail {

// What becomes of the marks for map keys is decided by the operation, not by the way there and back.

UNISONO_DECL result<byte_buffer> to_v1(bytes_view update, update_limits const& limits) {
    return convert_update_v2_to_v1(update, limits, key_marks::kept);
}

UNISONO_DECL result<byte_buffer> to_v2(result<byte_buffer> const& update, update_limits const& limits) {
    return update ? convert_update_v1_to_v2(*update, limits, key_marks::kept) : update;
}

/// The V1 forms of several updates, which share one budget.
UNISONO_DECL result<std::vector<byte_buffer>> all_to_v1(std::span<bytes_view const> updates,
                                                        update_limits const& limits) {
    std::vector<byte_buffer> converted;
    converted.reserve(updates.size());
    update_limits left = limits;
    for (bytes_view update : updates) {
        auto v1 = to_v1(update, left);
        if (!v1)
            return v1.error();
        left.expanded_bytes -= std::min(left.expanded_bytes, v1->size());
        converted.push_back(std::move(*v1));
    }
    return converted;
}

UNISONO_DECL std::vector<bytes_view> views_of(std::vector<byte_buffer> const& updates) {
    return {updates.begin(), updates.end()};
}

} // namespace detail

UNISONO_DECL result<void> validate_update_v2(bytes_view update, update_limits const& limits) {
    return detail::update_index{limits}.add_v2(update);
}

UNISONO_DECL result<byte_buffer> merge_updates_v2(std::span<bytes_view const> updates,
                                                  update_limits const& limits) {
    // Columns can only be read from their beginning, and a merge jumps about.
    auto const v1 = detail::all_to_v1(updates, limits);
    if (!v1)
        return v1.error();
    auto index = detail::update_index::of(detail::views_of(*v1), limits);
    if (!index)
        return index.error();
    if (updates.size() == 1 && index->canonical())
        return byte_buffer(updates[0].begin(), updates[0].end());
    detail::struct_writer_v2 out{key_marks::dropped};
    detail::merge_structs(*index, out);
    return out.finish(delete_set{index->take_ranges()}, limits);
}

UNISONO_DECL result<byte_buffer> compact_updates_v2(std::span<bytes_view const> updates,
                                                    update_limits const& limits) {
    auto const v1 = detail::all_to_v1(updates, limits);
    if (!v1)
        return v1.error();
    return detail::to_v2(compact_updates(detail::views_of(*v1), limits), limits);
}

UNISONO_DECL result<byte_buffer> diff_update_v2(bytes_view update, bytes_view encoded_vector,
                                                update_limits const& limits) {
    auto const known = state_vector::decode(encoded_vector, limits);
    if (!known)
        return known.error();
    detail::update_reader_v2 in{update, limits};
    detail::struct_writer_v2 out{key_marks::dropped};
    detail::difference missing{*known, out};
    std::optional<id> end; // of the structs so far
    for (struct_view s; in.next(s);) {
        if (end && s.client >= end->client && id{s.client, s.clock} != *end) {
            // The clients are not in the order of the wire: that takes more than one pass.
            auto const v1 = detail::to_v1(update, limits);
            return v1 ? detail::to_v2(diff_update(*v1, encoded_vector, limits), limits) : v1;
        }
        end = id{s.client, s.end()};
        missing.add(s);
    }
    auto ranges = in.finish();
    if (!ranges)
        return ranges.error();
    return out.finish(delete_set{std::move(*ranges)}, limits);
}

UNISONO_DECL result<byte_buffer> state_vector_from_update_v2(bytes_view update, update_limits const& limits) {
    detail::update_index index{limits};
    if (auto const added = index.add_v2(update); !added)
        return added.error();
    if (!index.canonical()) {
        auto const v1 = detail::to_v1(update, limits);
        return v1 ? state_vector_from_update(*v1, limits) : v1;
    }
    return index.state().encode();
}

UNISONO_DECL result<update_meta> parse_update_meta_v2(bytes_view update, update_limits const& limits) {
    detail::update_index index{limits};
    if (auto const added = index.add_v2(update); !added)
        return added.error();
    return detail::meta_of(index);
}

} // namespace unisono::inline v0::yjs
