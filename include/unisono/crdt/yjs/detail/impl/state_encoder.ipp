#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/state_encoder.hpp>
#include <unisono/crdt/yjs/detail/struct_source.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>
#include <unisono/crdt/yjs/detail/struct_writer_v2.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace unisono::inline v0::yjs::detail {

using encoder = basic_lib0_writer<unisono::detail::byte_sink>;

/// Writes all structs of a client from the element `clock` on.
UNISONO_DECL void write_block(document_store const& store, client_index c, std::uint32_t clock,
                              unisono::detail::byte_sink& bytes) {
    client_record const& client = store.clients[c];
    encoder out{bytes};
    out.var_uint(client.structs.count_from(client.structs.find(clock, store.items)));
    out.var_uint(client.id);
    out.var_uint(clock);
    struct_source{store}.for_each(c, clock,
                                  [&](struct_view const& s) { write_struct_v1(s, key_marks::kept, bytes); });
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

/// The clients of which a replica at `known` lacks something, in the order of the wire.
UNISONO_DECL std::vector<client_advance> missing_elements(document_store const& store,
                                                          std::span<client_index const> clients,
                                                          state_vector const& known) {
    std::vector<client_advance> ahead;
    for (client_index c : clients) {
        std::uint64_t const have = known.get(store.clients[c].id);
        if (store.clients[c].state > have)
            ahead.push_back({c, static_cast<std::uint32_t>(have)});
    }
    return ahead;
}

UNISONO_DECL void encode(document_store const& store, std::span<client_advance const> advanced,
                         std::span<element_range const> deleted, unisono::detail::byte_sink& bytes) {
    encoder out{bytes};
    out.var_uint(advanced.size());
    for (auto const [client, before] : advanced)
        write_block(store, client, before, bytes);
    write_ranges(store, deleted, out);
}

UNISONO_DECL void encode_state(document_store const& store, state_vector const& known,
                               unisono::detail::byte_sink& bytes) {
    auto const clients = store.clients.descending();
    encode(store, missing_elements(store, clients, known), deleted_ranges(store, clients), bytes);
}

UNISONO_DECL void encode_changes(document_store const& store, journal const& changes,
                                 unisono::detail::byte_sink& bytes) {
    encode(store, changes.advanced, changes.deleted, bytes);
}

UNISONO_DECL byte_buffer encode_state_v2(document_store const& store, state_vector const& known) {
    struct_writer_v2 out{key_marks::kept, invalid_json::null};
    struct_source source{store};
    for (auto const [client, have] : missing_elements(store, store.clients.descending(), known))
        source.for_each(client, have, [&](struct_view const& s) { out.write(s); });
    return out.finish(deleted_elements(store), unlimited()).value();
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
