#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include <span>

/// The operations of update.hpp on updates in V2 form: what is said there holds here, and results equal those
/// of Yjs's functions for V2 to the same extent. Merging takes them as V1 on the way.
///
/// State vectors have one form for both. Errors: those of update.hpp, and of convert_update_v2_to_v1().
namespace unisono::inline v0::yjs {

result<void> validate_update_v2(bytes_view update, update_limits const& limits = {});

result<byte_buffer> merge_updates_v2(std::span<bytes_view const> updates, update_limits const& limits = {});

result<byte_buffer> compact_updates_v2(std::span<bytes_view const> updates, update_limits const& limits = {});

result<byte_buffer> diff_update_v2(bytes_view update, bytes_view state_vector,
                                   update_limits const& limits = {});

result<byte_buffer> state_vector_from_update_v2(bytes_view update, update_limits const& limits = {});

result<update_meta> parse_update_meta_v2(bytes_view update, update_limits const& limits = {});

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/update_v2.ipp>
#endif
