#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/state_encoder.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace unisono::inline v0::yjs::detail {

using encoder = basic_lib0_writer<unisono::detail::byte_sink>;

UNISONO_DECL void write_id(document_store const& store, element e, encoder& out) {
    out.var_uint(store.clients[e.client].id);
    out.var_uint(e.clock);
}

UNISONO_DECL void write_parent(document_store const& store, item const& it, encoder& out) {
    list_record const& list = store.types.list(it.list);
    type_record const& type = store.types[list.type];
    bool const root = type.owner == no_slot;
    out.var_uint(root ? 1 : 0);
    if (root)
        out.var_string(store.types.texts()[type.name]);
    else
        write_id(store, store.items[type.owner].first(), out);
    if (list.keyed())
        out.var_string(store.types.texts()[list.key]);
}

UNISONO_DECL void write_text(content_heap const& heap, content_place from, std::uint32_t length,
                             encoder& out) {
    if (!from.wide) {
        out.var_string(heap.ascii_text(from.begin, length));
        return;
    }
    byte_buffer utf8;
    heap.read_text(from, length, utf8);
    out.var_bytes(utf8);
}

/// Writes the content of an item without its first `offset` elements.
UNISONO_DECL void write_content(document_store const& store, item const& it, std::uint32_t offset,
                                encoder& out) {
    content_heap const& heap = store.clients[it.client].content;
    std::uint32_t const length = it.length - offset;
    switch (it.content_kind()) {
    case struct_kind::deleted:
        out.var_uint(length);
        break;
    case struct_kind::string:
        write_text(heap, {it.content + offset, it.wide != 0}, length, out);
        break;
    case struct_kind::json:
    case struct_kind::any:
        out.var_uint(length);
        out.bytes(heap.values(it.content + offset, length));
        break;
    case struct_kind::type: {
        type_record const& type = store.types[it.content];
        out.var_uint(static_cast<std::uint64_t>(type.kind));
        if (type.kind == type_kind::weak_link)
            out.bytes(as_bytes(store.types.texts()[type.name]));
        else if (type.name != no_text)
            out.var_string(store.types.texts()[type.name]);
        break;
    }
    default:
        out.bytes(heap.values(it.content, 1));
    }
}

UNISONO_DECL void write_struct(document_store const& store, item const& it, std::uint32_t offset,
                               encoder& out) {
    if (it.is(struct_kind::gc)) {
        out.u8(0);
        out.var_uint(it.length - offset);
        return;
    }
    element const origin = offset > 0 ? element{it.client, it.clock + offset - 1} : it.origin();
    element const right = it.right_origin();
    unsigned const flags =
        (origin ? 0x80U : 0U) | (right ? 0x40U : 0U) | (store.types.list(it.list).keyed() ? 0x20U : 0U);
    out.u8(static_cast<std::uint8_t>(it.kind | flags));
    if (origin)
        write_id(store, origin, out);
    if (right)
        write_id(store, right, out);
    if (!origin && !right)
        write_parent(store, it, out);
    write_content(store, it, offset, out);
}

/// Writes all structs of a client from the element `clock` on.
UNISONO_DECL void write_block(document_store const& store, client_index c, std::uint32_t clock,
                              encoder& out) {
    client_record const& client = store.clients[c];
    auto const first = client.structs.find(clock, store.items);
    out.var_uint(client.structs.count_from(first));
    out.var_uint(client.id);
    out.var_uint(clock);
    client.structs.for_each(first, [&](slot s) {
        item const& it = store.items[s];
        write_struct(store, it, it.clock < clock ? clock - it.clock : 0, out);
    });
}

/// Precondition: in the order of the wire, without gaps to join.
UNISONO_DECL void write_ranges(document_store const& store, std::span<element_range const> ranges,
                               encoder& out) {
    std::size_t clients = 0;
    for (std::size_t i = 0; i < ranges.size(); ++i)
        clients += i == 0 || ranges[i].client != ranges[i - 1].client;
    out.var_uint(clients);
    for (std::size_t i = 0; i < ranges.size();) {
        client_index const client = ranges[i].client;
        auto const next = std::find_if(ranges.begin() + static_cast<std::ptrdiff_t>(i), ranges.end(),
                                       [&](auto const& r) { return r.client != client; });
        auto const end = static_cast<std::size_t>(next - ranges.begin());
        out.var_uint(store.clients[client].id);
        out.var_uint(end - i);
        for (; i < end; ++i) {
            out.var_uint(ranges[i].clock);
            out.var_uint(ranges[i].end - ranges[i].clock);
        }
    }
}

UNISONO_DECL std::vector<element_range> deleted_ranges(document_store const& store,
                                                       std::span<client_index const> clients) {
    std::vector<element_range> ranges;
    for (client_index c : clients) {
        if (store.clients[c].structs.empty())
            continue;
        store.clients[c].structs.for_each({0, 0}, [&](slot s) {
            item const& it = store.items[s];
            if (!it.deleted)
                return;
            if (!ranges.empty() && ranges.back().client == c && ranges.back().end == it.clock)
                ranges.back().end = it.end();
            else
                ranges.push_back({c, it.clock, it.end()});
        });
    }
    return ranges;
}

UNISONO_DECL void encode_state(document_store const& store, state_vector const& known,
                               unisono::detail::byte_sink& bytes) {
    auto const clients = store.clients.descending();
    std::vector<client_index> ahead;
    for (client_index c : clients) {
        if (store.clients[c].state > known.get(store.clients[c].id))
            ahead.push_back(c);
    }
    encoder out{bytes};
    out.var_uint(ahead.size());
    for (client_index c : ahead)
        write_block(store, c, static_cast<std::uint32_t>(known.get(store.clients[c].id)), out);
    write_ranges(store, deleted_ranges(store, clients), out);
}

UNISONO_DECL void encode_changes(document_store const& store, journal const& changes,
                                 unisono::detail::byte_sink& bytes) {
    encoder out{bytes};
    out.var_uint(changes.advanced.size());
    for (auto const [client, before] : changes.advanced)
        write_block(store, client, before, out);
    write_ranges(store, changes.deleted, out);
}

UNISONO_DECL state_vector known_elements(document_store const& store) {
    std::vector<state_vector::entry> entries;
    for (client_index c : store.clients.descending())
        entries.push_back({store.clients[c].id, store.clients[c].state});
    return state_vector{std::move(entries)};
}

UNISONO_DECL delete_set deleted_elements(document_store const& store) {
    std::vector<delete_range> ranges;
    for (element_range const& r : deleted_ranges(store, store.clients.descending()))
        ranges.push_back({store.clients[r.client].id, r.clock, r.end - r.clock});
    return delete_set{std::move(ranges)};
}

} // namespace unisono::inline v0::yjs::detail
