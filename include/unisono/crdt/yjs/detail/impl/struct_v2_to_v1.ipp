#pragma once

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_any.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/detail/struct_check.hpp>
#include <unisono/crdt/yjs/detail/struct_v2_to_v1.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL std::uint64_t struct_v2_to_v1::next(id at) {
    lib0_reader& rest = in_.rest();
    std::uint8_t const info = in_.info();
    auto const kind = static_cast<struct_kind>(info & 0x1f);
    std::uint64_t length = 0;
    if (kind == struct_kind::gc || kind == struct_kind::skip) {
        if (info != static_cast<std::uint8_t>(kind))
            rest.fail(crdt_error::unknown_content);
        length = kind == struct_kind::gc ? in_.length() : rest.var_uint();
        out_.u8(info);
        out_.var_uint(length);
    } else {
        references(info, at);
        length = content(kind);
    }
    check_extent(rest, at.clock, length, limits_);
    // Columns repeat a key as often as they like, so the size of the update says nothing about this one.
    if (buffer_.size() > limits_.expanded_bytes)
        rest.fail(codec_error::too_large);
    return length;
}

UNISONO_DECL void struct_v2_to_v1::references(std::uint8_t info, id at) {
    constexpr std::uint8_t left = 0x80, right = 0x40, keyed = 0x20;
    bool const has_parent = (info & (left | right)) == 0;
    bool const marked = has_parent || marks_ == key_marks::kept;
    out_.u8(static_cast<std::uint8_t>(marked ? info : info & ~keyed));
    if ((info & left) != 0) {
        std::uint64_t const client = in_.client();
        reference(client, in_.left_clock(), at);
    }
    if ((info & right) != 0) {
        std::uint64_t const client = in_.client();
        reference(client, in_.right_clock(), at);
    }
    if (!has_parent)
        return;
    if (in_.parent_info() == 1) {
        out_.u8(1);
        text(in_.string()); // the name of a root type
    } else {
        out_.u8(0);
        std::uint64_t const client = in_.client();
        reference(client, in_.left_clock(), at); // the item that holds the type
    }
    if ((info & keyed) != 0)
        text(in_.string());
}

UNISONO_DECL void struct_v2_to_v1::reference(std::uint64_t client, std::uint64_t clock, id at) {
    if (!check_reference(in_.rest(), {client, clock}, at, limits_))
        return; // a clock out of range may be beyond what can be written
    out_.var_uint(client);
    out_.var_uint(clock);
}

/// Transcodes the content of an item. Returns how many elements it has.
UNISONO_DECL std::uint64_t struct_v2_to_v1::content(struct_kind kind) {
    lib0_reader& rest = in_.rest();
    switch (kind) {
    case struct_kind::deleted: {
        std::uint64_t const count = in_.length();
        out_.var_uint(count);
        return count;
    }
    case struct_kind::string:
        return text(in_.string());
    case struct_kind::json: {
        std::uint64_t const count = in_.length();
        out_.var_uint(count);
        // A run of empty texts takes no bytes, and is no JSON.
        for (std::uint64_t i = 0; i < count && rest.ok(); ++i) {
            if (text(in_.string()) == 0)
                rest.fail(codec_error::invalid_json);
        }
        return count;
    }
    case struct_kind::any: {
        std::uint64_t const count = in_.length();
        out_.var_uint(count);
        for (std::uint64_t i = 0; i < count && rest.ok(); ++i)
            any_value();
        return count;
    }
    case struct_kind::binary:
        out_.var_bytes(rest.var_bytes());
        return 1;
    case struct_kind::embed:
        json_value();
        return 1;
    case struct_kind::format:
        text(in_.key());
        json_value();
        return 1;
    case struct_kind::type:
        type();
        return 1;
    case struct_kind::doc:
        text(in_.string());
        any_value();
        return 1;
    default:
        rest.fail(crdt_error::unknown_content);
        return 0;
    }
}

UNISONO_DECL void struct_v2_to_v1::link() {
    lib0_reader& rest = in_.rest();
    std::uint8_t const flags = rest.u8();
    out_.u8(flags);
    auto const id = [&] {
        out_.var_uint(rest.var_uint());
        out_.var_uint(rest.var_uint());
    };
    read_link(flags, id, [&] { text(in_.string()); });
}

UNISONO_DECL void struct_v2_to_v1::type() {
    std::uint64_t const ref = in_.type_ref();
    out_.var_uint(ref);
    auto const type = type_from_ref(ref);
    if (!type)
        in_.rest().fail(crdt_error::unknown_type);
    else if (is_named(*type))
        text(in_.key());
    else if (*type == type_kind::weak_link)
        link();
}

/// V1 has the JSON text of what V2 has as a value.
UNISONO_DECL void struct_v2_to_v1::json_value() {
    json_.clear();
    if (auto const written = append_json(json_, read_any(in_.rest())); !written)
        in_.rest().fail(written.error());
    out_.var_string(json_);
}

/// Values are the same bytes in both.
UNISONO_DECL void struct_v2_to_v1::any_value() {
    bytes_view const before = in_.rest().rest();
    skip_any(in_.rest());
    out_.bytes(in_.rest().since(before));
}

/// Writes a text and returns its length in UTF-16 code units.
UNISONO_DECL std::uint64_t struct_v2_to_v1::text(utf16_piece const& piece) {
    if (!piece.half_before && !piece.half_after) {
        out_.var_string(piece.whole);
        return piece.units;
    }
    constexpr std::string_view half = "\xef\xbf\xbd";
    auto const halves =
        static_cast<std::size_t>(piece.half_before) + static_cast<std::size_t>(piece.half_after);
    out_.var_uint(piece.whole.size() + halves * half.size());
    if (piece.half_before)
        out_.bytes(as_bytes(half));
    out_.bytes(as_bytes(piece.whole));
    if (piece.half_after)
        out_.bytes(as_bytes(half));
    return piece.units;
}

} // namespace unisono::inline v0::yjs::detail
