#pragma once

#include <unisono/crdt/yjs/detail/document_store.hpp>

#include <cstdint>
#include <string_view>

namespace unisono::inline v0::yjs::detail {

/// Types on: adds ASCII text, which its client writes next and with the same right origin, to the run at `s`.
/// Seven of ten edits of the largest public editing trace are that, made or received. The text goes behind
/// what is there, no item is made, and the end of the transaction finds nothing to do.
///
/// False, and nothing has changed: the text does not continue that run, or the run is held as UTF-16, or
/// something else came behind it in its client's heap.
UNISONO_HOT inline bool type_on(document_store& store, slot s, std::string_view ascii) {
    item const& run = store.items[s];
    if (run.wide || !store.can_continue(s, struct_kind::string) ||
        !store.clients[run.client].content.append_ascii(run.content + run.length, ascii))
        return false;
    store.extend(s, static_cast<std::uint32_t>(ascii.size()));
    return true;
}

} // namespace unisono::inline v0::yjs::detail
