#pragma once

#include <unisono/codec/utf8.hpp>
#include <unisono/core/result.hpp>
#include <unisono/protocol/documents/access.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

// What hosts say to clients, whose decoders fail at anything else than UTF-8.

namespace unisono::inline v0::detail {

inline std::string require_text(std::string_view text) {
    if (!is_valid_utf8(text))
        throw std::invalid_argument("what is told to clients must be UTF-8");
    return std::string{text};
}

inline std::string_view text_or(std::string_view text, std::string_view otherwise) noexcept {
    return !text.empty() && is_valid_utf8(text) ? text : otherwise;
}

/// What a client is told that may not open a document.
inline std::string_view refusal_of(result<document_grant> const& answer,
                                   std::string_view otherwise) noexcept {
    return answer ? text_or(answer->reason, otherwise) : otherwise;
}

} // namespace unisono::inline v0::detail
