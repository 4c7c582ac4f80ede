#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>

#include <string>
#include <string_view>

namespace unisono::inline v0 {

enum class base64_alphabet {
    standard, ///< `+` and `/`, padded with `=` (RFC 4648 section 4)
    url,      ///< `-` and `_`, without padding (section 5): for URLs, tokens and subprotocol names
};

std::string base64_encode(bytes_view bytes, base64_alphabet alphabet = base64_alphabet::standard);

/// Accepts exactly what base64_encode() writes: no spaces, no line ends, no missing or surplus padding, no
/// bits set behind the last byte. So no two texts decode to the same bytes.
/// Errors: codec_error::invalid_base64.
result<byte_buffer> base64_decode(std::string_view text,
                                  base64_alphabet alphabet = base64_alphabet::standard);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/base64.ipp>
#endif
