#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/delta_builder.hpp>
#include <unisono/crdt/yjs/detail/delta_reader.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL std::vector<text_piece> read_delta(document_core& core, type_index type) {
    document_store const& store = core.store;
    delta_builder delta{store};
    for (slot s = store.types.list(store.types[type].children).first; s != no_slot;
         s = store.items[s].right) {
        item const it = store.items[s];
        if (it.deleted)
            continue;
        switch (it.content_kind()) {
        case struct_kind::string:
            delta.text(it, 0, it.length);
            break;
        case struct_kind::embed:
        case struct_kind::type:
            delta.embedded(read_element(core, it, 0));
            break;
        case struct_kind::format:
            delta.format(it);
            break;
        default: // Yjs shows nothing else
            break;
        }
    }
    return delta.finish();
}

} // namespace unisono::inline v0::yjs::detail
