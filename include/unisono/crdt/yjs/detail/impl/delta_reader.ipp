#pragma once

#include <unisono/codec/utf16.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/delta_reader.hpp>
#include <unisono/crdt/yjs/detail/formatting.hpp>

#include <string>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL std::vector<text_piece> read_delta(document_core& core, type_index type) {
    document_store const& store = core.store;
    std::vector<text_piece> pieces;
    attribute_list attributes;
    std::u16string run;
    auto const flush = [&] {
        if (run.empty())
            return;
        byte_buffer utf8;
        append_utf8(run, utf8);
        pieces.push_back({any_value{as_text(utf8)}, any_object{attributes.members()}});
        run.clear();
    };
    for (slot s = store.types.list(store.types[type].children).first; s != no_slot;
         s = store.items[s].right) {
        item const it = store.items[s];
        if (it.deleted)
            continue;
        content_heap const& heap = store.clients[it.client].content;
        switch (it.content_kind()) {
        case struct_kind::string:
            if (it.wide)
                run += heap.wide_text(it.content, it.length);
            else
                append_utf16(heap.ascii_text(it.content, it.length), run);
            break;
        case struct_kind::embed:
        case struct_kind::type:
            flush();
            pieces.push_back({read_element(core, it, 0), any_object{attributes.members()}});
            break;
        case struct_kind::format:
            flush();
            attributes.apply(read_mark(store, it));
            break;
        default: // Yjs shows nothing else
            break;
        }
    }
    flush();
    return pieces;
}

} // namespace unisono::inline v0::yjs::detail
