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

UNISONO_DECL void append_elements(struct_view const& s, byte_buffer& to) {
    lib0_reader in{s.content};
    if (s.kind == struct_kind::string) {
        std::string_view text = in.var_string();
        auto const [bytes, inside_a_pair] = find_utf16(text, static_cast<std::size_t>(s.cut));
        text.remove_prefix(bytes);
        if (inside_a_pair) {
            // UTF-8 has no half characters. What is left of this one keeps its one unit of length.
            append(to, std::string_view{"\xef\xbf\xbd"});
            text.remove_prefix(4);
        }
        append(to, text);
        return;
    }
    in.var_count();
    for (std::uint64_t i = 0; i < s.cut; ++i) {
        if (s.kind == struct_kind::any)
            skip_any(in);
        else
            in.var_string();
    }
    append(to, in.rest());
}

UNISONO_DECL void struct_writer_v1::extend_block(std::uint64_t client, std::uint64_t clock,
                                                 std::uint64_t count) {
    if (blocks_.empty() || blocks_.back().client != client)
        blocks_.push_back({client, clock, 0, body_.size()});
    blocks_.back().count += count;
    structs_ += count;
}

UNISONO_DECL void struct_writer_v1::begin_struct(struct_view const& s) {
    extend_block(s.client, s.clock, 1);
    unsigned info = static_cast<unsigned>(s.kind);
    if (s.origin)
        info |= 0x80;
    if (s.right_origin)
        info |= 0x40;
    if (s.keyed && (s.has_parent || marks_ == key_marks::kept))
        info |= 0x20;
    lib0_writer{body_}.u8(static_cast<std::uint8_t>(info));
}

UNISONO_DECL void struct_writer_v1::write_references(struct_view const& s) {
    if (s.cut == 0) {
        append(body_, s.references);
        return;
    }
    lib0_writer out{body_};
    // A cut item has its own front part as origin, which knows the parent.
    for (auto const& reference : {s.origin, s.right_origin}) {
        if (reference) {
            out.var_uint(reference->client);
            out.var_uint(reference->clock);
        }
    }
}

UNISONO_DECL void struct_writer_v1::write(struct_view const& s) {
    if (!s.is_item() || s.kind == struct_kind::deleted) {
        begin_struct(s);
        write_references(s);
        lib0_writer{body_}.var_uint(s.length);
    } else if (s.cut == 0) {
        write(s, s.content);
    } else {
        byte_buffer elements;
        append_elements(s, elements);
        byte_buffer content;
        lib0_writer out{content};
        out.var_uint(s.kind == struct_kind::string ? elements.size() : s.length);
        out.bytes(elements);
        write(s, content);
    }
}

UNISONO_DECL void struct_writer_v1::write_encoded(struct_block const& structs) {
    extend_block(structs.client, structs.clock, structs.count);
    append(body_, structs.bytes);
}

UNISONO_DECL void struct_writer_v1::write(struct_view const& head, bytes_view content) {
    begin_struct(head);
    write_references(head);
    append(body_, content);
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
        out.bytes(bytes_view{body_}.subspan(b.begin, end - b.begin));
    }
    deleted.encode_to(update);
    return update;
}

} // namespace unisono::inline v0::yjs::detail
