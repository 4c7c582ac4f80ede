#pragma once

#include <unisono/codec/utf8.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// What the program says to clients, whose decoders fail at anything else than UTF-8.
inline std::string require_text(std::string_view text) {
    if (!is_valid_utf8(text))
        throw std::invalid_argument("what is told to Hocuspocus clients must be UTF-8");
    return std::string{text};
}

} // namespace unisono::inline v0::detail
