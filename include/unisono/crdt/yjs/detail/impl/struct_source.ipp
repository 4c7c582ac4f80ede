#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/struct_source.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL struct_view const& struct_source::view(item const& it, std::uint32_t offset) {
    view_.client = store_.clients[it.client].id;
    view_.clock = it.clock + offset;
    view_.length = it.length - offset;
    view_.kind = it.content_kind();
    view_.origin.reset();
    view_.right_origin.reset();
    view_.has_parent = view_.keyed = false;
    if (it.is(struct_kind::gc)) {
        view_.content = {};
        return view_;
    }
    if (offset > 0)
        view_.origin = id{view_.client, view_.clock - 1};
    else if (it.origin())
        view_.origin = store_.id_of(it.origin());
    if (it.right_origin())
        view_.right_origin = store_.id_of(it.right_origin());
    view_.keyed = store_.types.list(it.list).keyed();
    if (!view_.origin && !view_.right_origin)
        set_parent(it);
    view_.content = content(it, offset);
    return view_;
}

UNISONO_DECL void struct_source::set_parent(item const& it) {
    list_record const& list = store_.types.list(it.list);
    type_record const& type = store_.types[list.type];
    view_.has_parent = true;
    view_.parent.is_root = type.owner == no_slot;
    if (view_.parent.is_root)
        view_.parent.root = store_.types.texts()[type.name];
    else
        view_.parent.owner = store_.id_of(store_.items[type.owner].first());
    if (list.keyed())
        view_.parent.key = store_.types.texts()[list.key];
}

UNISONO_DECL bytes_view struct_source::content(item const& it, std::uint32_t offset) {
    content_heap const& heap = store_.clients[it.client].content;
    std::uint32_t const begin = it.content + offset;
    std::uint32_t const length = it.length - offset;
    switch (it.content_kind()) {
    case struct_kind::deleted:
        return {};
    case struct_kind::string:
        if (!it.wide)
            return as_bytes(heap.ascii_text(begin, length));
        memory_.clear();
        heap.read_text({begin, true}, length, memory_);
        return memory_;
    case struct_kind::type:
        return type_content(store_.types[it.content]);
    default:
        return heap.values(begin, length);
    }
}

UNISONO_DECL bytes_view struct_source::type_content(type_record const& type) {
    memory_.clear();
    lib0_writer out{memory_};
    out.var_uint(static_cast<std::uint64_t>(type.kind));
    if (type.kind == type_kind::weak_link)
        out.bytes(as_bytes(store_.types.texts()[type.name]));
    else if (type.name != no_text)
        out.var_string(store_.types.texts()[type.name]);
    return memory_;
}

} // namespace unisono::inline v0::yjs::detail
