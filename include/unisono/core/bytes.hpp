#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// Bytes that somebody else owns. Valid only as long as the owner says.
using bytes_view = std::span<std::byte const>;

/// Bytes that may be changed in place (the receive path unmasks there).
using mutable_bytes = std::span<std::byte>;

/// Bytes that grow.
using byte_buffer = std::vector<std::byte>;

/// The bytes of a text; no copy.
inline bytes_view as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<std::byte const*>(text.data()), text.size()};
}

/// Bytes read as characters; no copy, no check (see codec/utf8.hpp for one).
inline std::string_view as_text(bytes_view bytes) noexcept {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

inline void append(byte_buffer& to, bytes_view bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

inline void append(byte_buffer& to, std::string_view text) {
    append(to, as_bytes(text));
}

} // namespace unisono::inline v0
