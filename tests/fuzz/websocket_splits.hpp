#pragma once

#include <unisono/wire/websocket_compression.hpp>

#include "require.hpp"
#include "unit/wire/websocket_events.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace fuzz {

/// The decoder must deliver the same events however its input is split, and never hold much more than it got
/// and a message may have.
inline void check_splits(std::uint8_t const* data, std::size_t size,
                         unisono::websocket_compression const* compression) {
    constexpr unisono::websocket_limits limits{.max_message_size = 4'096, .max_fragments = 16};
    if (size < 4)
        return;
    std::uint32_t splits = data[0] | data[1] << 8 | data[2] << 16 | std::uint32_t{data[3]} << 24;
    std::string_view bytes{reinterpret_cast<char const*>(data) + 4, size - 4};
    unisono::websocket_decoder whole{limits, compression};
    std::string const expected = websocket_test::feed(whole, bytes);

    unisono::websocket_decoder decoder{limits, compression};
    std::string events;
    while (!bytes.empty()) {
        splits = splits * 1664525U + 1013904223U;
        std::string_view const piece = bytes.substr(0, 1 + (splits >> 28));
        events += websocket_test::feed(decoder, piece);
        bytes.remove_prefix(piece.size());
        require(decoder.memory() <= 2 * (limits.max_message_size + unisono::max_control_size) + 16 * 1024);
    }
    require(events == expected);
}

} // namespace fuzz
