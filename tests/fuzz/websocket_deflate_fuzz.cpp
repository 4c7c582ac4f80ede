// Frames of a client that agreed to compression. After anything it sent, the next message must be well.

#include <unisono/wire/permessage_deflate.hpp>

#include "fuzz/websocket_splits.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static auto const compression = unisono::permessage_deflate();
    fuzz::check_splits(data, size, compression.get());

    constexpr std::uint8_t hello[]{0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00}; // RFC 7692, 7.2.3.1
    unisono::byte_buffer message;
    fuzz::require(!compression->decompress(std::as_bytes(std::span{hello}), 5, message));
    fuzz::require(unisono::as_text(message) == "Hello");
    return 0;
}
