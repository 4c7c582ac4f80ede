#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

namespace unisono::inline v0::yjs::detail {

/// What an update says that was made by pressing one key, as almost all updates are.
struct keystroke {
    struct_view inserted = {}; ///< a little text beside something; length 0: none
    delete_range deleted = {.client = 0, .clock = 0, .length = 0}; ///< length 0: none
};

/// Reads a V1 update in one go, which takes a fraction of indexing it. False when it is not a well-formed
/// keystroke: what else it may be, and what may be wrong with it, is for update_index to find out.
///
/// References and clocks are not checked. Refers to the update's bytes.
bool read_keystroke(bytes_view update, keystroke& out) noexcept;

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/keystroke.ipp>
#endif
