#pragma once

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/lib0_any.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/detail/struct_check.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>
#include <unisono/crdt/yjs/detail/struct_writer_v2.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL void struct_writer_v2::write(struct_view const& s) {
    if (blocks_ == 0 || s.client != client_ || s.clock != end_) {
        out_.begin_block(s.client, s.clock);
        ++blocks_;
    }
    client_ = s.client;
    end_ = s.end();
    ++structs_;
    unsigned const flags = (s.origin ? 0x80U : 0U) | (s.right_origin ? 0x40U : 0U) |
                           (s.keyed && (s.has_parent || marks_ == key_marks::kept) ? 0x20U : 0U);
    out_.info(static_cast<std::uint8_t>(static_cast<unsigned>(s.kind) | flags));
    if (s.kind == struct_kind::gc) {
        out_.length(s.length);
    } else if (s.kind == struct_kind::skip) {
        lib0_writer{out_.rest()}.var_uint(s.length);
    } else {
        write_references(s);
        write_content(s);
    }
}

UNISONO_DECL result<byte_buffer> struct_writer_v2::finish(delete_set const& deleted,
                                                          update_limits const& limits) {
    if (problem_)
        return problem_;
    if (structs_ > limits.structs)
        return crdt_error::too_many_structs;
    if (blocks_ > limits.clients)
        return crdt_error::too_many_clients;
    if (deleted.ranges().size() > limits.delete_ranges)
        return crdt_error::too_many_ranges;
    byte_buffer update = out_.finish();
    deleted.encode_v2_to(update);
    return update;
}

UNISONO_DECL void struct_writer_v2::write_references(struct_view const& s) {
    if (s.origin) {
        out_.client(s.origin->client);
        out_.left_clock(s.origin->clock);
    }
    if (s.right_origin) {
        out_.client(s.right_origin->client);
        out_.right_clock(s.right_origin->clock);
    }
    // What was cut has its own front part as origin, which knows the parent.
    if (s.origin || s.right_origin)
        return;
    out_.parent_info(s.parent.is_root ? 1 : 0);
    if (s.parent.is_root) {
        out_.string(s.parent.root);
    } else {
        out_.client(s.parent.owner.client);
        out_.left_clock(s.parent.owner.clock);
    }
    if (s.keyed)
        out_.string(s.parent.key);
}

UNISONO_DECL void struct_writer_v2::write_content(struct_view const& s) {
    byte_buffer memory;
    lib0_reader in{remaining_content(s, memory)};
    switch (s.kind) {
    case struct_kind::deleted:
        out_.length(s.length);
        break;
    case struct_kind::string:
        out_.string(as_text(in.rest()), s.length);
        break;
    case struct_kind::json:
        out_.length(s.length);
        for (std::uint64_t i = 0; i < s.length; ++i)
            out_.string(as_text(in.var_bytes()));
        break;
    case struct_kind::any:
        out_.length(s.length);
        append(out_.rest(), in.rest());
        break;
    default:
        write_value(s.kind, in);
    }
}

/// Writes the value of an item that is no run.
UNISONO_DECL void struct_writer_v2::write_value(struct_kind kind, lib0_reader& in) {
    switch (kind) {
    case struct_kind::embed:
        write_json_value(in);
        break;
    case struct_kind::format:
        out_.key(as_text(in.var_bytes()));
        write_json_value(in);
        break;
    case struct_kind::type:
        write_type(in);
        break;
    case struct_kind::doc:
        out_.string(as_text(in.var_bytes()));
        append(out_.rest(), in.rest());
        break;
    default: // binary
        lib0_writer{out_.rest()}.var_bytes(in.var_bytes());
    }
}

UNISONO_DECL void struct_writer_v2::write_type(lib0_reader& in) {
    std::uint64_t const ref = in.var_uint();
    out_.type_ref(ref);
    if (is_named(*type_from_ref(ref))) {
        out_.key(as_text(in.var_bytes()));
    } else if (*type_from_ref(ref) == type_kind::weak_link) {
        lib0_writer rest{out_.rest()};
        std::uint8_t const flags = in.u8();
        rest.u8(flags);
        auto const id = [&] {
            rest.var_uint(in.var_uint());
            rest.var_uint(in.var_uint());
        };
        read_link(flags, id, [&] { out_.string(as_text(in.var_bytes())); });
    }
}

UNISONO_DECL void struct_writer_v2::write_json_value(lib0_reader& in) {
    auto const value = parse_any_json(as_text(in.var_bytes()));
    if (!value && json_ == invalid_json::refused && !problem_)
        problem_ = value.error();
    write_any(out_.rest(), value ? *value : any_value{nullptr});
}

} // namespace unisono::inline v0::yjs::detail
