#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/wire/detail/websocketpp.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace unisono::inline v0::detail {

/// SHA-1 (RFC 3174). It does not resist those who choose both of two equal texts; nobody finds a text to a
/// given digest.
inline std::array<std::byte, 20> sha1(std::string_view text) {
    unsigned char digest[20];
    websocketpp::sha1::calc(text.data(), text.size(), digest);
    std::array<std::byte, 20> result;
    std::memcpy(result.data(), digest, result.size());
    return result;
}

} // namespace unisono::inline v0::detail
