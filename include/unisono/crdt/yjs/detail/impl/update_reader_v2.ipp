#pragma once

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_any.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/detail/struct_check.hpp>
#include <unisono/crdt/yjs/detail/update_reader_v2.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL update_reader_v2::update_reader_v2(bytes_view update, update_limits const& limits)
    : in_(update), limits_(limits) {
    blocks_ = in_.rest().var_count(2);
    if (blocks_ > limits.clients)
        in_.rest().fail(crdt_error::too_many_clients);
}

UNISONO_COLD UNISONO_DECL void update_reader_v2::begin_block() {
    lib0_reader& rest = in_.rest();
    --blocks_;
    std::uint64_t const count = rest.var_uint();
    if (count > limits_.structs - structs_)
        rest.fail(crdt_error::too_many_structs);
    structs_ += count;
    at_.client = in_.client();
    at_.clock = rest.var_uint();
    left_ = rest.ok() ? count : 0;
}

UNISONO_FLAT UNISONO_DECL bool update_reader_v2::next(struct_view& out) {
    lib0_reader& rest = in_.rest();
    while (left_ == 0) {
        if (blocks_ == 0 || !rest.ok())
            return false;
        begin_block();
    }
    --left_;
    std::uint8_t const info = in_.info();
    out.client = at_.client;
    out.clock = at_.clock;
    out.kind = static_cast<struct_kind>(info & 0x1f);
    out.keyed = (info & 0x20) != 0;
    out.has_parent = false;
    out.origin.reset();
    out.right_origin.reset();
    out.content = {};
    out.cut = 0;
    expanded_ += 2;
    if (!out.is_item()) {
        if (info != static_cast<std::uint8_t>(out.kind))
            rest.fail(crdt_error::unknown_content);
        out.length = out.kind == struct_kind::gc ? in_.length() : rest.var_uint();
    } else {
        if (!repaired_.empty())
            repaired_.clear();
        references(info, out);
        content(out);
        expanded_ += out.content.size();
    }
    check_extent(rest, at_.clock, out.length, limits_);
    // Columns repeat a key as often as they like, so the size of the update says nothing about this one.
    if (expanded_ > limits_.expanded_bytes)
        rest.fail(codec_error::too_large);
    at_.clock = out.end();
    return rest.ok();
}

UNISONO_DECL result<std::vector<delete_range>> update_reader_v2::finish() {
    lib0_reader& rest = in_.rest();
    std::vector<delete_range> ranges;
    read_delete_ranges_v2(rest, limits_, ranges);
    if (rest.ok() && rest.remaining() > 0)
        rest.fail(codec_error::trailing_bytes);
    if (!rest.ok())
        return rest.error();
    return ranges;
}

UNISONO_DECL id update_reader_v2::reference(std::uint64_t client, std::uint64_t clock) noexcept {
    check_reference(in_.rest(), {client, clock}, at_, limits_);
    return {client, clock};
}

UNISONO_DECL void update_reader_v2::references(std::uint8_t info, struct_view& out) {
    if ((info & 0x80) != 0) {
        std::uint64_t const client = in_.client();
        out.origin = reference(client, in_.left_clock());
    }
    if ((info & 0x40) != 0) {
        std::uint64_t const client = in_.client();
        out.right_origin = reference(client, in_.right_clock());
    }
    if (out.origin || out.right_origin)
        return;
    out.has_parent = true;
    out.parent.is_root = in_.parent_info() == 1;
    if (out.parent.is_root) {
        out.parent.root = text(in_.string());
        expanded_ += out.parent.root.size();
    } else {
        std::uint64_t const client = in_.client();
        out.parent.owner = reference(client, in_.left_clock());
    }
    if (out.keyed) {
        out.parent.key = text(in_.string());
        expanded_ += out.parent.key.size();
    }
}

UNISONO_DECL void update_reader_v2::content(struct_view& out) {
    lib0_reader& rest = in_.rest();
    switch (out.kind) {
    case struct_kind::deleted:
        out.length = in_.length();
        return;
    case struct_kind::string: {
        utf16_piece const piece = in_.string();
        out.length = piece.units;
        out.content = as_bytes(text(piece));
        return;
    }
    case struct_kind::any: {
        out.length = in_.length();
        bytes_view const values = rest.rest();
        for (std::uint64_t i = 0; i < out.length && rest.ok(); ++i)
            skip_any(rest);
        out.content = rest.since(values);
        return;
    }
    default:
        break;
    }
    v1_.clear();
    writer v1{v1_};
    out.length = 1;
    if (out.kind == struct_kind::json) {
        out.length = in_.length();
        // A run of empty texts takes no bytes, and is no JSON.
        for (std::uint64_t i = 0; i < out.length && rest.ok(); ++i) {
            utf16_piece const piece = in_.string();
            if (piece.units == 0)
                rest.fail(codec_error::invalid_json);
            v1.var_string(text(piece));
        }
    } else {
        value(out.kind, v1);
    }
    out.content = v1_.view();
}

/// Reads the value of an item that is no run.
UNISONO_COLD UNISONO_DECL void update_reader_v2::value(struct_kind kind, writer& out) {
    switch (kind) {
    case struct_kind::binary:
        out.var_bytes(in_.rest().var_bytes());
        break;
    case struct_kind::embed:
        json_text(out);
        break;
    case struct_kind::format:
        out.var_string(text(in_.key()));
        json_text(out);
        break;
    case struct_kind::type:
        type(out);
        break;
    case struct_kind::doc:
        out.var_string(text(in_.string()));
        copy_any(out);
        break;
    default:
        in_.rest().fail(crdt_error::unknown_content);
    }
}

UNISONO_DECL void update_reader_v2::type(writer& out) {
    lib0_reader& rest = in_.rest();
    std::uint64_t const ref = in_.type_ref();
    out.var_uint(ref);
    auto const type = type_from_ref(ref);
    if (!type) {
        rest.fail(crdt_error::unknown_type);
    } else if (is_named(*type)) {
        out.var_string(text(in_.key()));
    } else if (*type == type_kind::weak_link) {
        std::uint8_t const flags = rest.u8();
        out.u8(flags);
        auto const id = [&] {
            out.var_uint(rest.var_uint());
            out.var_uint(rest.var_uint());
        };
        read_link(flags, id, [&] { out.var_string(text(in_.string())); });
    }
}

/// V1 has the JSON text of what V2 has as a value.
UNISONO_DECL void update_reader_v2::json_text(writer& out) {
    json_.clear();
    if (auto const written = append_json(json_, read_any(in_.rest())); !written)
        in_.rest().fail(written.error());
    out.var_string(json_);
}

/// Values are the same bytes in both.
UNISONO_DECL void update_reader_v2::copy_any(writer& out) {
    bytes_view const before = in_.rest().rest();
    skip_any(in_.rest());
    out.bytes(in_.rest().since(before));
}

/// A text as UTF-8, in which half a surrogate pair is U+FFFD.
UNISONO_DECL std::string_view update_reader_v2::text(utf16_piece const& piece) {
    if (!piece.half_before && !piece.half_after)
        return piece.whole;
    constexpr std::string_view half = "\xef\xbf\xbd";
    std::string& repaired = repaired_.emplace_back();
    if (piece.half_before)
        repaired += half;
    repaired += piece.whole;
    if (piece.half_after)
        repaired += half;
    return repaired;
}

} // namespace unisono::inline v0::yjs::detail
