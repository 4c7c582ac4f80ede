#pragma once

#include <unisono/codec/lib0_any.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>

#include <string_view>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL bytes_view remaining_content(struct_view const& s, byte_buffer& memory) {
    if (s.cut == 0)
        return s.content;
    if (s.kind == struct_kind::string) {
        std::string_view text = as_text(s.content);
        auto const [bytes, inside_a_pair] = find_utf16(text, static_cast<std::size_t>(s.cut));
        text.remove_prefix(bytes);
        if (!inside_a_pair)
            return as_bytes(text);
        // UTF-8 has no half characters. What is left of this one keeps its one unit of length.
        memory.clear();
        append(memory, std::string_view{"\xef\xbf\xbd"});
        append(memory, text.substr(4));
        return memory;
    }
    lib0_reader in{s.content};
    for (std::uint64_t i = 0; i < s.cut && in.remaining() > 0; ++i) {
        if (s.kind == struct_kind::any)
            skip_any(in);
        else
            in.var_string();
    }
    return in.rest();
}

using sink_writer = basic_lib0_writer<unisono::detail::byte_sink>;

/// Writes what all structs begin with, and the elements an item refers to. In one go, because that is most of
/// what most structs have.
UNISONO_DECL void write_head(unsigned info, struct_view const& s, unisono::detail::byte_sink& out) {
    std::byte* next = out.prepare(1 + 4 * 8); // a number takes at most eight
    *next++ = static_cast<std::byte>(info);
    for (auto const* reference : {&s.origin, &s.right_origin}) {
        if (!*reference)
            continue;
        next += unisono::detail::write_lib0_number(next, (*reference)->client);
        next += unisono::detail::write_lib0_number(next, (*reference)->clock);
    }
    out.commit(next);
}

UNISONO_DECL void write_parent(struct_view const& s, sink_writer& out) {
    out.var_uint(s.parent.is_root ? 1 : 0);
    if (s.parent.is_root) {
        out.var_string(s.parent.root);
    } else {
        out.var_uint(s.parent.owner.client);
        out.var_uint(s.parent.owner.clock);
    }
    if (s.keyed)
        out.var_string(s.parent.key);
}

UNISONO_DECL void write_content(struct_view const& s, sink_writer& out) {
    byte_buffer memory;
    switch (s.kind) {
    case struct_kind::gc:
    case struct_kind::skip:
    case struct_kind::deleted:
        out.var_uint(s.length);
        break;
    case struct_kind::string:
        out.var_bytes(remaining_content(s, memory));
        break;
    case struct_kind::json:
    case struct_kind::any:
        out.var_uint(s.length);
        out.bytes(remaining_content(s, memory));
        break;
    default:
        out.bytes(s.content);
    }
}

UNISONO_DECL void write_struct_v1(struct_view const& s, key_marks marks, unisono::detail::byte_sink& to) {
    unsigned const flags = (s.origin ? 0x80U : 0U) | (s.right_origin ? 0x40U : 0U) |
                           (s.keyed && (s.has_parent || marks == key_marks::kept) ? 0x20U : 0U);
    write_head(static_cast<unsigned>(s.kind) | flags, s, to);
    sink_writer out{to};
    // What was cut has its own front part as origin, which knows the parent.
    if (s.is_item() && !s.origin && !s.right_origin)
        write_parent(s, out);
    write_content(s, out);
}

UNISONO_DECL void struct_writer_v1::extend_block(std::uint64_t client, std::uint64_t clock, std::uint64_t end,
                                                 std::uint64_t count) {
    if (blocks_.empty() || blocks_.back().client != client || blocks_.back().end != clock)
        blocks_.push_back({client, clock, clock, 0, body_.size()});
    blocks_.back().end = end;
    blocks_.back().count += count;
    structs_ += count;
}

UNISONO_DECL void struct_writer_v1::write(struct_view const& s) {
    extend_block(s.client, s.clock, s.end(), 1);
    write_struct_v1(s, marks_, body_);
}

UNISONO_DECL void struct_writer_v1::write_encoded(struct_block const& structs, std::uint64_t end) {
    extend_block(structs.client, structs.clock, end, structs.count);
    append(body_, structs.bytes);
}

UNISONO_DECL result<byte_buffer> struct_writer_v1::finish(delete_set const& deleted,
                                                          update_limits const& limits) const {
    if (structs_ > limits.structs)
        return crdt_error::too_many_structs;
    if (blocks_.size() > limits.clients)
        return crdt_error::too_many_clients;
    if (deleted.ranges().size() > limits.delete_ranges)
        return crdt_error::too_many_ranges;
    byte_buffer update;
    update.reserve(body_.size() + 16 * blocks_.size() + 16 * deleted.ranges().size() + 16);
    lib0_writer out{update};
    out.var_uint(blocks_.size());
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        auto const& b = blocks_[i];
        std::size_t const end = i + 1 < blocks_.size() ? blocks_[i + 1].begin : body_.size();
        out.var_uint(b.count);
        out.var_uint(b.client);
        out.var_uint(b.clock);
        out.bytes(body_.view().subspan(b.begin, end - b.begin));
    }
    deleted.encode_to(update);
    return update;
}

} // namespace unisono::inline v0::yjs::detail
