#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/utf8_stream.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace unisono::inline v0::detail {

/// What may follow what (Unicode 15, table 3-7). A state is the place of its six bits in a row of the table,
/// so that a step is a load, which waits for no earlier step, and a shift.
class utf8_automaton {
public:
    enum state : std::uint8_t {
        accept = 0,
        one_more = 6, ///< continuation byte to come
        two_more = 12,
        three_more = 18,
        after_e0 = 24, ///< no overlong form
        after_ed = 30, ///< no surrogate
        after_f0 = 36, ///< no overlong form
        after_f4 = 42, ///< nothing above U+10FFFF
        reject = 48,
    };

    constexpr utf8_automaton() {
        for (int byte = 0; byte < 256; ++byte)
            for (int from = accept; from <= reject; from += 6)
                rows_[static_cast<std::size_t>(byte)] |= std::uint64_t{next(static_cast<state>(from), byte)}
                                                         << from;
    }

    /// The next state in the lowest six bits; the others mean nothing.
    std::uint64_t step(std::uint64_t state, std::byte byte) const noexcept {
        return rows_[std::to_integer<std::size_t>(byte)] >> (state & 63);
    }

private:
    static constexpr state next(state from, int byte) {
        auto const in = [byte](int first, int last) { return first <= byte && byte <= last; };
        switch (from) {
        case accept:
            return in(0x00, 0x7f)   ? accept
                   : in(0xc2, 0xdf) ? one_more
                   : in(0xe0, 0xe0) ? after_e0
                   : in(0xed, 0xed) ? after_ed
                   : in(0xe1, 0xef) ? two_more
                   : in(0xf0, 0xf0) ? after_f0
                   : in(0xf1, 0xf3) ? three_more
                   : in(0xf4, 0xf4) ? after_f4
                                    : reject;
        case one_more:
            return in(0x80, 0xbf) ? accept : reject;
        case two_more:
            return in(0x80, 0xbf) ? one_more : reject;
        case three_more:
            return in(0x80, 0xbf) ? two_more : reject;
        case after_e0:
            return in(0xa0, 0xbf) ? one_more : reject;
        case after_ed:
            return in(0x80, 0x9f) ? one_more : reject;
        case after_f0:
            return in(0x90, 0xbf) ? two_more : reject;
        case after_f4:
            return in(0x80, 0x8f) ? two_more : reject;
        case reject:
            break;
        }
        return reject;
    }

    std::array<std::uint64_t, 256> rows_{};
};

inline constexpr utf8_automaton utf8_rules;

UNISONO_DECL bool utf8_stream::consume_any(bytes_view bytes) noexcept {
    // The automaton works bytewise; most text is ASCII, if not all of it, and is skipped between the blocks.
    constexpr std::size_t block = 16;
    while (bytes.size() > block) {
        if (!step(bytes.first(block)))
            return false;
        bytes = bytes.subspan(block);
        if (complete())
            bytes = skip_ascii(bytes);
    }
    return step(bytes);
}

UNISONO_DECL bool utf8_stream::step(bytes_view bytes) noexcept {
    static_assert(accept == utf8_automaton::accept);
    std::uint64_t state = state_;
    for (std::byte byte : bytes)
        state = utf8_rules.step(state, byte);
    state_ = state & 63;
    return state_ != utf8_automaton::reject; // which nothing leaves
}

} // namespace unisono::inline v0::detail
