#pragma once

#include <unisono/crdt/yjs/detail/document_store.hpp>

#include <vector>

namespace unisono::inline v0::yjs::detail {

/// The types that a transaction changed, and all types around them, each once. A type that is new or deleted
/// did not change, but what holds it.
///
/// Preconditions: the transaction noted the lists in which something changed, and nothing is forgotten yet.
std::vector<type_index> changed_types(document_store const& store, journal const& changes);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/changed_types.ipp>
#endif
