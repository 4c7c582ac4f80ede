#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>

namespace unisono::inline v0 {

/// Reads past one self-describing value ("any") and checks all of it. Takes time linear in its bytes and no
/// memory. Errors, left in the reader: unknown_tag, too_deep and those of the parts.
void skip_any(lib0_reader& in) noexcept;

/// Reads one value; undefined after an error, which is left in the reader as by skip_any(). One byte of input
/// may become about 100 bytes of memory.
any_value read_any(lib0_reader& in);

/// Appends the bytes lib0's writeAny makes of the same JavaScript value. Throws std::length_error when it is
/// nested deeper than lib0_max_depth; `out` is unchanged then.
void write_any(byte_buffer& out, any_value const& value);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/lib0_any.ipp>
#endif
