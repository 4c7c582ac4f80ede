// The decoder must deliver the same events however its input is split, and never hold much more than it got.

#include "unit/wire/websocket_events.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using unisono::websocket_decoder;

namespace {

void require(bool condition) {
    if (!condition)
        std::abort();
}

constexpr unisono::websocket_limits limits{.max_message_size = 4'096, .max_fragments = 16};

std::string decode(std::string_view bytes, std::uint32_t splits) {
    websocket_decoder decoder{limits};
    std::string events;
    while (!bytes.empty()) {
        splits = splits * 1664525U + 1013904223U;
        std::string_view const piece = bytes.substr(0, 1 + (splits >> 28));
        events += websocket_test::feed(decoder, piece);
        bytes.remove_prefix(piece.size());
        require(decoder.memory() <= 2 * (limits.max_message_size + unisono::max_control_size) + 16 * 1024);
    }
    return events;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 4)
        return 0;
    std::uint32_t const splits = data[0] | data[1] << 8 | data[2] << 16 | std::uint32_t{data[3]} << 24;
    std::string_view const bytes{reinterpret_cast<char const*>(data) + 4, size - 4};
    websocket_decoder whole{limits};
    require(websocket_test::feed(whole, bytes) == decode(bytes, splits));
    return 0;
}
