#pragma once

#include <cstddef>
#include <string_view>

namespace unisono::inline v0 {

/// Is `text` well-formed UTF-8 (Unicode 15, table 3-7)? Refuses overlong forms, surrogates and values above
/// U+10FFFF.
bool is_valid_utf8(std::string_view text) noexcept;

/// The number of UTF-16 code units `text` has: how JavaScript, and so Yjs, counts. Precondition: valid UTF-8.
std::size_t utf16_length(std::string_view text) noexcept;

/// Where a UTF-16 position falls in UTF-8 text.
struct utf16_position {
    std::size_t bytes;  ///< offset of the character that holds the position
    bool inside_a_pair; ///< the position is between the two surrogates of that character
};

/// Finds the UTF-16 code unit number `units`. Preconditions: valid UTF-8, `units <= utf16_length(text)`.
utf16_position find_utf16(std::string_view text, std::size_t units) noexcept;

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/utf8.ipp>
#endif
