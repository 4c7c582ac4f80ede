#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>

namespace unisono::inline v0::yjs::detail {

/// Appends as V1 update what a replica at `known` lacks, and all that is deleted.
void encode_state(document_store const& store, state_vector const& known, unisono::detail::byte_sink& out);

/// As above, in the V2 form. JSON texts that are none become null, for documents keep them without looking
/// and V2 has no place for them.
byte_buffer encode_state_v2(document_store const& store, state_vector const& known);

/// Appends as V1 update what a transaction did. Precondition: the changes are sorted.
void encode_changes(document_store const& store, journal const& changes, unisono::detail::byte_sink& out);

/// The elements of the document, and those of them that are deleted.
state_vector known_elements(document_store const& store);
delete_set deleted_elements(document_store const& store);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/state_encoder.ipp>
#endif
