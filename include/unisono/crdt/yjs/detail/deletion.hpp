#pragma once

#include <unisono/crdt/yjs/detail/document_store.hpp>

#include <cstdint>

namespace unisono::inline v0::yjs::detail {

/// Deletes an item and, when it holds a type, everything inside. Deleting twice does nothing.
///
/// Deleted items keep their place in the list: others may refer to them.
void erase(document_store& store, slot s);

/// Deletes elements at an end of the run at `place` by making the deleted run beside it longer, if there is
/// one and they would be joined anyway: backspace and delete, so a quarter of all edits. Returns whether it
/// did.
///
/// Precondition: the run covers the range.
bool shift_boundary(document_store& store, struct_index::place place, element_range range);

/// Deletes the elements of one client in [clock, end), which must be known.
/// Precondition: `clock < end <= state`.
void erase_range(document_store& store, element_range range);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/deletion.ipp>
#endif
