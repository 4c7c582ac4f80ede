#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/store/detail/crc32c.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unisono::inline v0::detail {

/// Covers where a record belongs too, so that one which turns up elsewhere counts as damaged.
inline std::uint32_t record_crc(std::string_view name, std::uint64_t seq, bytes_view record) noexcept {
    std::array<std::byte, 8> number;
    for (std::size_t i = 0; i < number.size(); ++i)
        number[i] = static_cast<std::byte>(seq >> (8 * i));
    return crc32c(record, crc32c(number, crc32c(as_bytes(name))));
}

} // namespace unisono::inline v0::detail
