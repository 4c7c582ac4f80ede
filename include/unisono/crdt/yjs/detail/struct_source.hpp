#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstdint>

namespace unisono::inline v0::yjs::detail {

/// Shows the structs of a store as those of an update.
class struct_source {
public:
    explicit struct_source(document_store const& store) noexcept : store_(store) {}

    /// The struct without its first `offset` elements. Lasts until the next call, or the next change.
    struct_view const& view(item const& it, std::uint32_t offset);

    /// Calls `each(view)` for the structs of a client from the element `clock` on.
    template <class Each>
    void for_each(client_index c, std::uint32_t clock, Each&& each) {
        auto const& structs = store_.clients[c].structs;
        structs.for_each(structs.find(clock, store_.items), [&](slot s) {
            item const& it = store_.items[s];
            each(view(it, it.clock < clock ? clock - it.clock : 0));
        });
    }

private:
    void set_parent(item const& it);
    bytes_view content(item const& it, std::uint32_t offset);
    bytes_view type_content(type_record const& type);

    document_store const& store_;
    struct_view view_;
    byte_buffer memory_; // content that is held in another form
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/struct_source.ipp>
#endif
