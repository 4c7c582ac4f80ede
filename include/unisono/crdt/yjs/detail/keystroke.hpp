#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/client_id_reader.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
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
/// References and clocks are not checked. Refers to the update's bytes. `clients` is best the same every
/// time.
bool read_keystroke(bytes_view update, client_id_reader& clients, keystroke& out) noexcept;

/// Appends what a transaction did as V1 update, if it was a keystroke that read_keystroke() would read, which
/// takes a fraction of looking up what it changed. False, and nothing was appended, when it was anything
/// else. Precondition: the changes are sorted.
bool write_keystroke(document_store const& store, journal const& changes, unisono::detail::byte_sink& out);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/keystroke.ipp>
#endif
