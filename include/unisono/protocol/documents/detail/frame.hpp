#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>

namespace unisono::inline v0::detail {

/// A whole WebSocket frame with `head` and then `body` as lib0 writes bytes, behind their number: what most
/// messages of the protocols around Yjs look like. Written in place.
payload document_frame(bytes_view head, bytes_view body);

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/documents/detail/impl/frame.ipp>
#endif
