#pragma once

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/lib0_any.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/struct_check.hpp>
#include <unisono/crdt/yjs/detail/struct_v1_to_v2.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL std::error_code struct_v1_to_v2::write(struct_view const& s) {
    auto info = static_cast<unsigned>(s.kind);
    if (s.kind == struct_kind::gc || s.kind == struct_kind::skip) {
        out_.info(static_cast<std::uint8_t>(info));
        if (s.kind == struct_kind::gc)
            out_.length(s.length);
        else
            lib0_writer{out_.rest()}.var_uint(s.length);
        return {};
    }
    info |= s.origin ? 0x80 : 0;
    info |= s.right_origin ? 0x40 : 0;
    info |= s.keyed && (s.has_parent || marks_ == key_marks::kept) ? 0x20 : 0;
    out_.info(static_cast<std::uint8_t>(info));
    references(s);
    return content(s);
}

UNISONO_DECL void struct_v1_to_v2::references(struct_view const& s) {
    if (s.origin) {
        out_.client(s.origin->client);
        out_.left_clock(s.origin->clock);
    }
    if (s.right_origin) {
        out_.client(s.right_origin->client);
        out_.right_clock(s.right_origin->clock);
    }
    if (!s.has_parent)
        return;
    lib0_reader in{s.references};
    if (in.var_uint() == 1) {
        out_.parent_info(1);
        out_.string(as_text(in.var_bytes())); // the name of a root type
    } else {
        out_.parent_info(0);
        out_.client(in.var_uint()); // the item that holds the type
        out_.left_clock(in.var_uint());
    }
    if (s.keyed)
        out_.string(as_text(in.var_bytes()));
}

UNISONO_DECL std::error_code struct_v1_to_v2::content(struct_view const& s) {
    lib0_reader in{s.content};
    switch (s.kind) {
    case struct_kind::deleted:
        out_.length(s.length);
        break;
    case struct_kind::string:
        out_.string(as_text(in.var_bytes()), s.length);
        break;
    case struct_kind::json:
        out_.length(in.var_uint());
        for (std::uint64_t i = 0; i < s.length; ++i)
            out_.string(as_text(in.var_bytes()));
        break;
    case struct_kind::any:
        out_.length(in.var_uint());
        append(out_.rest(), in.rest());
        break;
    case struct_kind::embed:
        return json_value(in);
    case struct_kind::format:
        out_.key(as_text(in.var_bytes()));
        return json_value(in);
    case struct_kind::type: {
        std::uint64_t const ref = in.var_uint();
        out_.type_ref(ref);
        if (is_named(*type_from_ref(ref)))
            out_.key(as_text(in.var_bytes()));
        else if (*type_from_ref(ref) == type_kind::weak_link)
            link(in);
        break;
    }
    case struct_kind::doc:
        out_.string(as_text(in.var_bytes()));
        append(out_.rest(), in.rest());
        break;
    default: // binary: the same bytes
        append(out_.rest(), s.content);
    }
    return {};
}

UNISONO_DECL void struct_v1_to_v2::link(lib0_reader& in) {
    lib0_writer rest{out_.rest()};
    std::uint8_t const flags = in.u8();
    rest.u8(flags);
    auto const id = [&] {
        rest.var_uint(in.var_uint());
        rest.var_uint(in.var_uint());
    };
    read_link(flags, id, [&] { out_.string(as_text(in.var_bytes())); });
}

UNISONO_DECL std::error_code struct_v1_to_v2::json_value(lib0_reader& in) {
    auto const value = parse_any_json(as_text(in.var_bytes()));
    if (!value && json_ == invalid_json::refused)
        return value.error();
    write_any(out_.rest(), value ? *value : any_value{nullptr});
    return {};
}

} // namespace unisono::inline v0::yjs::detail
