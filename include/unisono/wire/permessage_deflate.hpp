#pragma once

#include <unisono/wire/websocket_compression.hpp>

#include <cstddef>
#include <memory>

namespace unisono::inline v0 {

struct permessage_deflate_options {
    /// Shorter messages go out as they are, in bytes. Compressing costs more than a few hundred bytes save.
    std::size_t threshold = 1024;
    /// From 1, fastest, to 9, smallest; zlib's scale. Throws std::invalid_argument for anything else.
    int level = 6;
};

/// Compression by DEFLATE: the permessage-deflate extension (RFC 7692), always without context takeover in
/// both directions. Needs unisono::deflate.
///
/// All sessions that share the object share its zlib states: one of each kind per thread that uses it at the
/// same time (256 KiB to compress, 40 KiB to decompress), made when first needed.
///
/// Compression and secrets do not go together: whoever can put text of his own into a message next to a
/// secret can guess it from the size of what is sent (CRIME, BREACH).
std::shared_ptr<websocket_compression const> permessage_deflate(permessage_deflate_options options = {});

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/permessage_deflate.ipp>
#endif
