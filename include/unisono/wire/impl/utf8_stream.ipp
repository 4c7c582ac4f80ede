#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/utf8_stream.hpp>
#include <unisono/wire/detail/websocketpp.hpp>

#include <cstddef>
#include <cstring>

namespace unisono::inline v0::detail {

inline constexpr std::size_t ascii_block = 16;

/// `bytes` without the whole blocks of ASCII at their start.
inline bytes_view skip_ascii(bytes_view bytes) noexcept {
    std::size_t skipped = 0;
    for (; bytes.size() - skipped >= ascii_block; skipped += ascii_block) {
        std::uint64_t halves[2];
        std::memcpy(halves, bytes.data() + skipped, ascii_block);
        if ((halves[0] | halves[1]) & 0x8080808080808080U)
            break;
    }
    return bytes.subspan(skipped);
}

UNISONO_DECL bool utf8_stream::consume(bytes_view bytes) noexcept {
    // The automaton works bytewise; most text is ASCII and skips it in blocks.
    for (;;) {
        if (complete())
            bytes = skip_ascii(bytes);
        if (bytes.size() < ascii_block)
            return step(bytes);
        if (!step(bytes.first(ascii_block)))
            return false;
        bytes = bytes.subspan(ascii_block);
    }
}

UNISONO_DECL bool utf8_stream::step(bytes_view bytes) noexcept {
    namespace automaton = websocketpp::utf8_validator;
    static_assert(accept == automaton::utf8_accept);

    std::uint32_t state = state_;
    std::uint32_t code_point = 0; // its value is of no interest, so it need not live between calls
    for (std::byte byte : bytes)
        if (automaton::decode(&state, &code_point, std::to_integer<std::uint8_t>(byte)) ==
            automaton::utf8_reject)
            break;
    state_ = static_cast<std::uint8_t>(state);
    return state != automaton::utf8_reject;
}

} // namespace unisono::inline v0::detail
