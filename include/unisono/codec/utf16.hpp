#pragma once

#include <unisono/core/bytes.hpp>

#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// Is `text` nothing but ASCII? Then UTF-8, UTF-16 and bytes count the same.
bool is_ascii(std::string_view text) noexcept;

inline bool is_high_surrogate(char16_t unit) noexcept {
    return (unit & 0xfc00) == 0xd800;
}
inline bool is_low_surrogate(char16_t unit) noexcept {
    return (unit & 0xfc00) == 0xdc00;
}

/// Appends `utf8` as UTF-16. Precondition: valid UTF-8.
void append_utf16(std::string_view utf8, std::u16string& out);

/// Appends `utf16` as UTF-8. A surrogate without its other half becomes U+FFFD (Unicode 15, 3.9).
void append_utf8(std::u16string_view utf16, byte_buffer& out);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/utf16.ipp>
#endif
