#pragma once

#include <unisono/codec/lib0_reader.hpp>

#include <cstddef>

namespace unisono::inline v0 {

/// How deep arrays and objects may nest inside one "any" value. Part of the format as spoken here: a value
/// that was accepted once can be read everywhere, whatever else is configured.
inline constexpr std::size_t lib0_max_depth = 64;

/// Reads past one self-describing value ("any") and checks all of it. Takes time linear in its bytes and no
/// memory. Errors, left in the reader: unknown_tag, too_deep and those of the parts.
void skip_any(lib0_reader& in) noexcept;

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/lib0_any.ipp>
#endif
