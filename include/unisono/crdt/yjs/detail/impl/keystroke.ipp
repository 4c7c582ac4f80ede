#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/keystroke.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

/// Reads a struct of text with a neighbour; others name the type they are in.
UNISONO_DECL bool read_typing(lib0_reader& in, struct_view& out) noexcept {
    constexpr unsigned left = 0x80, right = 0x40;
    if (in.var_uint() != 1) // structs
        return false;
    out.client = in.var_uint();
    out.clock = in.var_uint();
    unsigned const info = in.u8();
    bool const typing = (info & ~(left | right)) == static_cast<unsigned>(struct_kind::string);
    if (!typing || info < right)
        return false;
    out.kind = struct_kind::string;
    auto const reference = [&] {
        std::uint64_t const client = in.var_uint();
        return id{client, in.var_uint()};
    };
    if ((info & left) != 0)
        out.origin = reference();
    if ((info & right) != 0)
        out.right_origin = reference();
    bytes_view const content = in.rest();
    bytes_view const text = in.var_bytes();
    out.content = in.since(content);
    out.length = text.size();
    return out.length > 0 &&
           std::all_of(text.begin(), text.end(), [](std::byte b) { return b < std::byte{0x80}; });
}

UNISONO_DECL bool read_keystroke(bytes_view update, keystroke& out) noexcept {
    lib0_reader in{update};
    std::uint64_t const blocks = in.var_uint();
    if (blocks > 1 || (blocks == 1 && !read_typing(in, out.inserted)))
        return false;
    std::uint64_t const deleting = in.var_uint();
    if (deleting > 1)
        return false;
    if (deleting == 1) {
        out.deleted.client = in.var_uint();
        if (in.var_uint() != 1) // ranges
            return false;
        out.deleted.clock = in.var_uint();
        out.deleted.length = in.var_uint();
    }
    return in.ok() && in.remaining() == 0;
}

} // namespace unisono::inline v0::yjs::detail
