#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>

namespace unisono::inline v0 {

UNISONO_DECL std::uint64_t lib0_reader::groups(std::uint64_t value, unsigned shift) noexcept {
    // Eight bytes hold 53 bits in both number formats; more would be padding without end.
    for (; shift < 56; shift += 7) {
        std::uint8_t const byte = u8();
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) {
            if (value > lib0_max_integer)
                break;
            return ok() ? value : 0;
        }
    }
    fail(codec_error::number_overflow);
    return 0;
}

UNISONO_DECL std::string_view lib0_reader::var_string() noexcept {
    std::string_view const text = as_text(var_bytes());
    if (!is_valid_utf8(text)) {
        fail(codec_error::invalid_utf8);
        return {};
    }
    return text;
}

} // namespace unisono::inline v0
