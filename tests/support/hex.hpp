#pragma once

#include <unisono/core/bytes.hpp>

#include <string>
#include <string_view>

namespace unisono::test {

/// Two digits per byte; spaces between bytes are skipped. Precondition: nothing else.
inline byte_buffer from_hex(std::string_view hex) {
    auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    byte_buffer bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        while (hex[i] == ' ')
            ++i;
        bytes.push_back(static_cast<std::byte>(digit(hex[i]) << 4 | digit(hex[i + 1])));
    }
    return bytes;
}

inline std::string to_hex(bytes_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (std::byte b : bytes) {
        hex += digits[std::to_integer<std::size_t>(b >> 4)];
        hex += digits[std::to_integer<std::size_t>(b & std::byte{15})];
    }
    return hex;
}

} // namespace unisono::test
