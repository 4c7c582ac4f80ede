#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/detail/binary_frame.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include <algorithm>

namespace unisono::inline v0::detail {

inline constexpr std::byte native_binary_version{1};

UNISONO_DECL std::optional<native_binary> decode_native_binary(bytes_view message) noexcept {
    lib0_reader in{message};
    auto const version = in.u8();
    native_binary out;
    out.op = in.u8();
    out.alias = in.var_uint();
    if (auto const id = in.var_uint(); id != 0)
        out.id = id;
    in.var_uint(); // only the server knows offsets
    if (!in.ok() || std::byte{version} != native_binary_version)
        return std::nullopt;
    out.body = in.rest();
    return out;
}

UNISONO_DECL payload encode_native_binary(native_op op, std::uint64_t alias, std::optional<std::uint64_t> id,
                                          std::uint64_t offset, bytes_view body) {
    byte_buffer head{native_binary_version, static_cast<std::byte>(op)};
    lib0_writer out{head};
    out.var_uint(alias);
    out.var_uint(id.value_or(0));
    out.var_uint(offset);
    return build_websocket_frame(websocket_opcode::binary, head.size() + body.size(), [&](mutable_bytes to) {
        auto const rest = std::copy(head.begin(), head.end(), to.begin());
        std::copy(body.begin(), body.end(), rest);
    });
}

UNISONO_DECL payload const& native_binary_of(message const& m, std::uint64_t alias) {
    return m.form(wire_form::native_binary, [alias](message const& from) {
        auto const op = from.kind == message_kind::update      ? native_op::update
                        : from.kind == message_kind::awareness ? native_op::awareness
                                                               : native_op::message;
        return encode_native_binary(op, alias, {}, from.offset, from.data.view());
    });
}

} // namespace unisono::inline v0::detail
