#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>

namespace unisono::inline v0 {

UNISONO_DECL std::uint64_t lib0_reader::higher_groups(std::uint64_t value) noexcept {
    // Eight bytes hold 53 bits in both number formats; more would be padding without end.
    for (unsigned shift = 6; shift < 56; shift += 7) {
        if (next_ == end_) {
            fail(codec_error::truncated);
            return 0;
        }
        auto const byte = std::to_integer<std::uint64_t>(*next_++);
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (value > lib0_max_integer)
                break;
            return value;
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
