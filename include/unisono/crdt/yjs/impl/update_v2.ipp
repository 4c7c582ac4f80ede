#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/detail/diff_v2.hpp>
#include <unisono/crdt/yjs/update_v2.hpp>

#include <algorithm>
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

/// Does `operation` with the V1 form of one update.
template <class Operation>
auto with_v1(bytes_view update, update_limits const& limits, Operation operation)
    -> decltype(operation(bytes_view{})) {
    auto const v1 = to_v1(update, limits);
    if (!v1)
        return v1.error();
    return operation(*v1);
}

/// Does `operation` with the V1 forms of several updates, which share one budget.
template <class Operation>
result<byte_buffer> with_all_v1(std::span<bytes_view const> updates, update_limits const& limits,
                                Operation operation) {
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
    return operation(std::vector<bytes_view>(converted.begin(), converted.end()));
}

} // namespace detail

UNISONO_DECL result<void> validate_update_v2(bytes_view update, update_limits const& limits) {
    return detail::to_v1(update, limits).error();
}

UNISONO_DECL result<byte_buffer> merge_updates_v2(std::span<bytes_view const> updates,
                                                  update_limits const& limits) {
    return detail::with_all_v1(updates, limits,
                               [&](std::vector<bytes_view> const& v1) -> result<byte_buffer> {
                                   auto const merged = merge_updates(v1, limits);
                                   // One canonical update comes back as it is, also if it is spelled unlike
                                   // ours.
                                   if (merged && v1.size() == 1 &&
                                       std::equal(merged->begin(), merged->end(), v1[0].begin(), v1[0].end()))
                                       return byte_buffer(updates[0].begin(), updates[0].end());
                                   return detail::to_v2(merged, limits);
                               });
}

UNISONO_DECL result<byte_buffer> compact_updates_v2(std::span<bytes_view const> updates,
                                                    update_limits const& limits) {
    return detail::with_all_v1(updates, limits, [&](std::vector<bytes_view> const& v1) {
        return detail::to_v2(compact_updates(v1, limits), limits);
    });
}

UNISONO_DECL result<byte_buffer> diff_update_v2(bytes_view update, bytes_view state_vector,
                                                update_limits const& limits) {
    auto const known = yjs::state_vector::decode(state_vector, limits);
    if (!known)
        return known.error();
    auto difference = detail::diff_v2{update, *known, limits}.run();
    if (!difference)
        return difference.error();
    if (*difference)
        return std::move(**difference);
    return detail::with_v1(update, limits, [&](bytes_view v1) {
        return detail::to_v2(diff_update(v1, state_vector, limits), limits);
    });
}

UNISONO_DECL result<byte_buffer> state_vector_from_update_v2(bytes_view update, update_limits const& limits) {
    return detail::with_v1(update, limits,
                           [&](bytes_view v1) { return state_vector_from_update(v1, limits); });
}

UNISONO_DECL result<update_meta> parse_update_meta_v2(bytes_view update, update_limits const& limits) {
    return detail::with_v1(update, limits, [&](bytes_view v1) { return parse_update_meta(v1, limits); });
}

} // namespace unisono::inline v0::yjs
