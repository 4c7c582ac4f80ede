#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace unisono::inline v0::detail {

/// XORs `bytes` with a masking key (RFC 6455, 5.3); applied twice it restores them.
///
/// `key` holds the four bytes of the key as they lie in memory. `offset` is how many bytes of the frame's
/// payload precede `bytes`, so that a frame can be unmasked in pieces.
UNISONO_HOT inline void apply_mask(mutable_bytes bytes, std::uint32_t key, std::size_t offset = 0) noexcept {
    int const turn = static_cast<int>(8 * (offset % 4));
    key = std::endian::native == std::endian::little ? std::rotr(key, turn) : std::rotl(key, turn);
    std::uint64_t const pattern = std::uint64_t{key} << 32 | key;

    std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    // Through locals and memcpy: no alignment is assumed, and compilers turn a block into vector
    // instructions.
    for (; left >= 32; left -= 32, at += 32) {
        std::uint64_t words[4];
        std::memcpy(words, at, sizeof(words));
        for (auto& word : words)
            word ^= pattern;
        std::memcpy(at, words, sizeof(words));
    }
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof(word));
        word ^= pattern;
        std::memcpy(at, &word, sizeof(word));
    }
    for (std::size_t i = 0; i < left; ++i)
        at[i] ^= reinterpret_cast<std::byte const*>(&pattern)[i];
}

} // namespace unisono::inline v0::detail
