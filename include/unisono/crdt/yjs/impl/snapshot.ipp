#pragma once

#include <unisono/codec/lib0_any.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>
#include <unisono/crdt/yjs/detail/update_index.hpp>
#include <unisono/crdt/yjs/snapshot.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs {

namespace detail {

/// Reads a snapshot whose delete set `read_ranges(in, limits, ranges)` reads.
template <class ReadRanges>
result<snapshot> decode_snapshot(bytes_view bytes, update_limits const& limits, ReadRanges read_ranges) {
    lib0_reader in{bytes};
    std::vector<delete_range> ranges;
    read_ranges(in, limits, ranges);
    if (!in.ok())
        return in.error();
    auto state = state_vector::decode(in.rest(), limits);
    if (!state)
        return state.error();
    return snapshot{delete_set{std::move(ranges)}, std::move(*state)};
}

/// Writes the first `count` elements of a struct. Precondition: `0 < count < s.length`; nothing was cut off.
UNISONO_DECL void write_front(struct_view s, std::uint64_t count, struct_writer_v1& out) {
    s.length = count;
    if (s.kind == struct_kind::string) {
        std::string_view const text = as_text(s.content);
        auto const [bytes, inside_a_pair] = find_utf16(text, static_cast<std::size_t>(count));
        byte_buffer front;
        append(front, text.substr(0, bytes));
        if (inside_a_pair)
            append(front, std::string_view{"\xef\xbf\xbd"}); // UTF-8 has no half characters
        s.content = front;
        out.write(s);
        return;
    }
    if (s.kind == struct_kind::any || s.kind == struct_kind::json) {
        lib0_reader in{s.content};
        for (std::uint64_t i = 0; i < count; ++i)
            s.kind == struct_kind::any ? skip_any(in) : void(in.var_string());
        s.content = in.since(s.content);
    }
    out.write(s);
}

/// Writes the elements of a block below `end`. Returns whether nothing of that is missing or forgotten.
UNISONO_DECL result<void> write_past(indexed_block const& block, std::uint64_t end, delete_set const& deleted,
                                     update_limits const& limits, struct_writer_v1& out) {
    if (block.clock > 0 || block.known_end < end)
        return crdt_error::missing_elements;
    struct_reader_v1 reader{block, limits};
    for (struct_view s; reader.next(s) && s.clock < end;) {
        std::uint64_t const count = std::min(s.end(), end) - s.clock;
        bool const forgotten = s.kind == struct_kind::gc || s.kind == struct_kind::deleted;
        if (forgotten && !deleted.contains_all({s.client, s.clock, count}))
            return crdt_error::content_forgotten;
        if (count < s.length)
            write_front(s, count, out);
        else
            out.write(s);
    }
    return {};
}

} // namespace detail

UNISONO_DECL byte_buffer snapshot::encode() const {
    byte_buffer bytes = deleted.encode();
    append(bytes, state.encode());
    return bytes;
}

UNISONO_DECL byte_buffer snapshot::encode_v2() const {
    byte_buffer bytes;
    deleted.encode_v2_to(bytes);
    append(bytes, state.encode());
    return bytes;
}

UNISONO_DECL result<snapshot> snapshot::decode(bytes_view bytes, update_limits const& limits) {
    return detail::decode_snapshot(bytes, limits, [](auto&... to) { read_delete_ranges(to...); });
}

UNISONO_DECL result<snapshot> snapshot::decode_v2(bytes_view bytes, update_limits const& limits) {
    return detail::decode_snapshot(bytes, limits, [](auto&... to) { read_delete_ranges_v2(to...); });
}

UNISONO_DECL result<bool> contains_update(snapshot const& state, bytes_view update,
                                          update_limits const& limits) {
    detail::update_index index{limits};
    if (auto const added = index.add(update); !added)
        return added.error();
    auto const blocks = index.blocks(0);
    auto const ranges = index.ranges();
    return std::all_of(blocks.begin(), blocks.end(),
                       [&](auto const& block) { return block.end <= state.state.get(block.client); }) &&
           std::all_of(ranges.begin(), ranges.end(),
                       [&](delete_range const& range) { return state.deleted.contains_all(range); });
}

UNISONO_DECL result<bool> contains_update_v2(snapshot const& state, bytes_view update,
                                             update_limits const& limits) {
    auto const v1 = convert_update_v2_to_v1(update, limits);
    return v1 ? contains_update(state, *v1, limits) : v1.error();
}

UNISONO_DECL result<byte_buffer> update_at(bytes_view update, snapshot const& state,
                                           update_limits const& limits) {
    detail::update_index index{limits};
    if (auto const added = index.add(update); !added)
        return added.error();
    if (!index.canonical()) {
        auto const merged = merge_updates({&update, 1}, limits);
        return merged ? update_at(*merged, state, limits) : merged;
    }
    detail::struct_writer_v1 out{key_marks::kept};
    auto const blocks = index.blocks(0);
    auto block = blocks.begin();
    for (auto const& [client, clock] : state.state.entries()) {
        while (block != blocks.end() && block->client > client)
            ++block;
        if (block == blocks.end() || block->client != client)
            return crdt_error::missing_elements;
        if (auto const written = detail::write_past(*block, clock, state.deleted, limits, out); !written)
            return written.error();
    }
    return out.finish(state.deleted, limits);
}

} // namespace unisono::inline v0::yjs
