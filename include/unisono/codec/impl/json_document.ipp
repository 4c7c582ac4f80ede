#pragma once

#include <unisono/codec/detail/json_fill.hpp>
#include <unisono/codec/detail/json_prescan.hpp>
#include <unisono/codec/json_document.hpp>
#include <unisono/core/config.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace unisono::inline v0::json {

UNISONO_DECL result<document> parse(std::string_view text, limits const& limit) {
    // Offsets on the tape have 32 bits.
    if (text.size() > std::min<std::size_t>(limit.size, std::numeric_limits<std::uint32_t>::max()))
        return codec_error::too_large;
    if (auto scanned = detail::json_prescan(text, limit.depth); !scanned)
        return scanned.error();
    auto tape = std::make_shared<detail::json_tape>();
    tape->source = text;
    auto const filled = detail::json_fill(*tape, limit.values, detail::duplicate_keys::refused);
    if (!filled)
        return filled.error();
    return document{std::move(tape)};
}

} // namespace unisono::inline v0::json
