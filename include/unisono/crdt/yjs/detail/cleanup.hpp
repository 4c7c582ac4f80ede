#pragma once

#include <unisono/crdt/yjs/detail/document_store.hpp>

namespace unisono::inline v0::yjs::detail {

/// Forgets an item that is linked nowhere, and all that its type holds.
void forget(document_store& store, item& it);

/// Forgets the content of what a transaction deleted. Items inside of deleted types lose their
/// place as well (nothing new can come there that would be seen), deleted items elsewhere keep it.
/// Precondition of this and what follows: the changes are sorted.
void collect_garbage(document_store& store, journal const& changes);

/// Joins all runs that a transaction made joinable: beside what it deleted, among what it added,
/// and where it cut. Which runs are joined shows in the encoded document, so this is what Yjs joins,
/// no less and no more.
void join_runs(document_store& store, journal const& changes);

/// Moves the content that is left together where more than half of it was forgotten, so that memory follows
/// what there is and not what there was. Precondition: as above.
void compact_content(document_store& store, journal const& changes);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/cleanup.ipp>
#endif
