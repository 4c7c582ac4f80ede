#pragma once

#include <unisono/crdt/yjs/delta.hpp>
#include <unisono/crdt/yjs/detail/change_index.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>

namespace unisono::inline v0::yjs::detail {

/// How a transaction changed the children of a type. `text`: strings are put together.
delta sequence_delta(document_core& core, change_index const& changes, type_index type, bool text);

/// The same for a text that has, or had, attributes: says also what became of those of the text that stays.
delta formatted_delta(document_core& core, change_index const& changes, type_index type);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/event_reader.ipp>
#endif
