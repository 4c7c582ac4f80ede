#pragma once

#include <unisono/codec/lib0_any.hpp>
#include <unisono/codec/utf16.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/detail/struct_check.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>

#include <string_view>

namespace unisono::inline v0::yjs {

namespace detail {

UNISONO_DECL std::uint64_t read_client(lib0_reader& in, client_id_reader& ids) noexcept {
    auto const id = ids.read(in.rest().data(), in.remaining());
    if (id.size == 0)
        return in.var_uint(); // which says what is wrong
    in.bytes(id.size);
    return id.value;
}

UNISONO_DECL id read_reference(lib0_reader& in, client_id_reader& ids, id from,
                               update_limits const& limits) noexcept {
    std::uint64_t const client = read_client(in, ids);
    id const reference{client, in.var_uint()};
    check_reference(in, reference, from, limits);
    return reference;
}

UNISONO_COLD UNISONO_DECL void read_parent(lib0_reader& in, client_id_reader& ids, id from,
                                           update_limits const& limits, bool keyed,
                                           parent_view& out) noexcept {
    out.is_root = in.var_uint() == 1;
    if (out.is_root)
        out.root = in.var_string();
    else
        out.owner = read_reference(in, ids, from, limits);
    if (keyed)
        out.key = in.var_string();
}

UNISONO_COLD UNISONO_DECL void skip_type(lib0_reader& in) noexcept {
    auto const type = type_from_ref(in.var_uint());
    if (!type)
        in.fail(crdt_error::unknown_type);
    else if (is_named(*type))
        in.var_string();
    else if (*type == type_kind::weak_link)
        read_link(
            in.u8(), [&] { in.var_uint(), in.var_uint(); }, [&] { in.var_string(); });
}

/// The length of a text in UTF-16 code units.
UNISONO_DECL std::uint64_t check_text(lib0_reader& in, std::string_view text) noexcept {
    if (is_ascii(text)) // one look instead of two at what most texts are
        return text.size();
    if (is_valid_utf8(text))
        return utf16_length(text);
    in.fail(codec_error::invalid_utf8);
    return 0;
}

/// Reads past values; each of a json item is a text.
UNISONO_COLD UNISONO_DECL void skip_values(lib0_reader& in, struct_kind kind, std::uint64_t count) noexcept {
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        if (kind == struct_kind::any)
            skip_any(in);
        else if (in.var_string().empty() && in.ok())
            in.fail(codec_error::invalid_json);
    }
}

/// Reads past the one value of an item that is no run.
UNISONO_COLD UNISONO_DECL void skip_value(lib0_reader& in, struct_kind kind) noexcept {
    switch (kind) {
    case struct_kind::binary:
        in.var_bytes();
        break;
    case struct_kind::embed:
        in.var_string();
        break;
    case struct_kind::format:
        in.var_string();
        in.var_string();
        break;
    case struct_kind::type:
        skip_type(in);
        break;
    case struct_kind::doc:
        in.var_string();
        skip_any(in);
        break;
    default:
        in.fail(crdt_error::unknown_content);
    }
}

UNISONO_DECL void read_content(lib0_reader& in, struct_view& out) noexcept {
    switch (out.kind) {
    case struct_kind::deleted:
        out.length = in.var_uint();
        break;
    case struct_kind::string:
        out.content = in.var_bytes();
        out.length = check_text(in, as_text(out.content));
        break;
    case struct_kind::json:
    case struct_kind::any: {
        out.length = in.var_count();
        bytes_view const values = in.rest();
        skip_values(in, out.kind, out.length);
        out.content = in.since(values);
        break;
    }
    default: {
        out.length = 1;
        bytes_view const value = in.rest();
        skip_value(in, out.kind);
        out.content = in.since(value);
    }
    }
}

} // namespace detail

UNISONO_DECL struct_block read_struct_block_v1(lib0_reader& in) noexcept {
    struct_block block;
    block.count = in.var_count();
    block.client = in.var_uint();
    block.clock = in.var_uint();
    block.bytes = in.rest();
    return block;
}

UNISONO_FLAT UNISONO_DECL void read_struct_v1(lib0_reader& in, detail::client_id_reader& ids, id at,
                                              update_limits const& limits, struct_view& out) noexcept {
    std::uint8_t const info = in.u8();
    // One by one: all at once takes longer than the rest of this function.
    out.client = at.client;
    out.clock = at.clock;
    out.kind = static_cast<struct_kind>(info & 0x1f);
    out.keyed = (info & 0x20) != 0;
    out.has_parent = false;
    out.origin.reset();
    out.right_origin.reset();
    out.content = {};
    out.cut = 0;
    if (!out.is_item()) {
        // Yjs ignores flags on a gc; nothing writes them, and other readers take it for an item then.
        if (info != static_cast<std::uint8_t>(out.kind))
            in.fail(crdt_error::unknown_content);
        out.length = in.var_uint();
    } else {
        if ((info & 0x80) != 0)
            out.origin = detail::read_reference(in, ids, at, limits);
        if ((info & 0x40) != 0)
            out.right_origin = detail::read_reference(in, ids, at, limits);
        if (!out.origin && !out.right_origin) {
            out.has_parent = true;
            detail::read_parent(in, ids, at, limits, out.keyed, out.parent);
        }
        detail::read_content(in, out);
    }
    detail::check_extent(in, at.clock, out.length, limits);
}

} // namespace unisono::inline v0::yjs
