#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/frame.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include <cstring>

namespace unisono::inline v0::detail {

UNISONO_DECL payload document_frame(bytes_view head, bytes_view body) {
    byte_buffer length;
    lib0_writer{length}.var_uint(body.size());
    return build_websocket_frame(websocket_opcode::binary, head.size() + length.size() + body.size(),
                                 [&](mutable_bytes out) {
                                     for (bytes_view part : {head, bytes_view{length}, body}) {
                                         if (!part.empty())
                                             std::memcpy(out.data(), part.data(), part.size());
                                         out = out.subspan(part.size());
                                     }
                                 });
}

} // namespace unisono::inline v0::detail
