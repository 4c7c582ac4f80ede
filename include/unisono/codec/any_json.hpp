#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/core/result.hpp>

#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// Appends what JavaScript's JSON.stringify makes of the value, to the byte: undefined is null in an array
/// and leaves its key out of an object, bytes are an object of numbers, NaN and the infinities are null.
///
/// Errors, with `out` unchanged: codec_error::wrong_type (undefined as the whole value, bigint anywhere),
/// too_deep.
result<void> append_json(std::string& out, any_value const& value);

/// Reads a JSON text as JavaScript's JSON.parse does: of equal keys the last one counts, and half a surrogate
/// pair, which UTF-8 cannot hold, becomes U+FFFD as lib0 writes it.
///
/// Errors: codec_error::invalid_json, invalid_utf8, trailing_bytes, number_overflow (beyond the range of
/// double), too_deep (lib0_max_depth), too_large (a number longer than 40 characters or 4 digits of
/// exponent).
result<any_value> parse_any_json(std::string_view text);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/any_json.ipp>
#endif
