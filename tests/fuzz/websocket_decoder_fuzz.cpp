// Frames of a client.

#include "fuzz/websocket_splits.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    fuzz::check_splits(data, size, nullptr);
    return 0;
}
