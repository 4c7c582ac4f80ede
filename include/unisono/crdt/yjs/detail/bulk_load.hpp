#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/limits.hpp>

namespace unisono::inline v0::yjs::detail {

/// Takes a V1 update into a store that holds nothing yet, as a document is opened: its bytes are read once,
/// into a store that takes the place of the empty one when the end was reached. So after an error there is
/// nothing to undo.
///
/// False, and nothing has changed: there is something in the store; or the update is not complete in itself,
/// as a saved document is; or it is invalid. What then may be done with it, or what is wrong, is for
/// update_applier to find out.
bool load(document_store& store, bytes_view update, update_limits const& limits);

/// As above, for the V2 form.
bool load_v2(document_store& store, bytes_view update, update_limits const& limits);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/bulk_load.ipp>
#endif
