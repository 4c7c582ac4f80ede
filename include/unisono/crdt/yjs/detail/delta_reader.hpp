#pragma once

#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/text_piece.hpp>

#include <vector>

namespace unisono::inline v0::yjs::detail {

/// The visible content of a text in pieces of equal attributes.
std::vector<text_piece> read_delta(document_core& core, type_index type);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/delta_reader.ipp>
#endif
