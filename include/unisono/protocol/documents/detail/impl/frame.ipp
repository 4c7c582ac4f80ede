#pragma once

#include <unisono/codec/detail/lib0_number.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/frame.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include <array>
#include <cstddef>
#include <cstring>

namespace unisono::inline v0::detail {

UNISONO_DECL payload document_frame(bytes_view head, bytes_view body) {
    std::array<std::byte, 8> number;
    bytes_view const length{number.data(), write_lib0_number(number.data(), body.size())};
    return build_websocket_frame(websocket_opcode::binary, head.size() + length.size() + body.size(),
                                 [&](mutable_bytes out) {
                                     for (bytes_view part : {head, length, body}) {
                                         if (!part.empty())
                                             std::memcpy(out.data(), part.data(), part.size());
                                         out = out.subspan(part.size());
                                     }
                                 });
}

} // namespace unisono::inline v0::detail
