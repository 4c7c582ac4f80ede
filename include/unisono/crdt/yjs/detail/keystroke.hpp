#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/detail/client_table.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/detail/item.hpp>

#include <string_view>

namespace unisono::inline v0::yjs::detail {

/// What an update says that was made by pressing one key, as almost all updates are: a little ASCII text
/// beside something, or a deleted range, or both. All of it by clients that the document knows; what they
/// wrote it need not.
struct keystroke {
    std::string_view text; ///< refers to the update; empty: none
    element at;            ///< the first one of the text
    element origin;
    element right_origin;
    element_range deleted = {.client = no_client, .clock = 0, .end = 0};

    bool erases() const noexcept { return deleted.clock < deleted.end; }
};

/// Reads a V1 update in one go, which takes a fraction of indexing it. False when it is not a well-formed
/// keystroke: what else it may be, and what may be wrong with it, is for update_index to find out.
///
/// References and clocks are not checked.
bool read_keystroke(bytes_view update, client_table const& clients, keystroke& out) noexcept;

/// Appends what a transaction did as V1 update, if it was a keystroke that read_keystroke() would read, which
/// takes a fraction of looking up what it changed. False, and nothing was appended, when it was anything
/// else. Precondition: the changes are sorted.
bool write_keystroke(document_store const& store, journal const& changes, unisono::detail::byte_sink& out);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/keystroke.ipp>
#endif
