#pragma once

#include <unisono/crdt/yjs/detail/document_store.hpp>

/// What Yjs does about format items that became redundant because several people formatted or deleted the
/// same text. Every replica that shows a text does it, after transactions that brought remote changes to it;
/// as it only deletes what says nothing, replicas agree whoever comes first.
namespace unisono::inline v0::yjs::detail {

/// Did the running transaction change a text that has format items?
bool touches_formatted_text(document_store const& store);

/// Deletes redundant format items where the transaction with these changes was.
/// Where no format item came or went, of those that stand in one gap between visible elements the last one of
/// each key stays. In the other texts that happens in front of the first visible element, where marks that
/// end an attribute go as well: this is how far Yjs gets. Precondition: the changes are sorted and have their
/// deletion order.
void clean_up_formats(document_store& store, journal const& changes);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/format_cleanup.ipp>
#endif
