#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/core/config.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace unisono::inline v0 {

namespace detail {

constexpr std::string_view base64_digits(base64_alphabet alphabet) noexcept {
    return alphabet == base64_alphabet::standard
               ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
               : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
}

/// Character to digit; -1 for characters outside the alphabet.
constexpr std::array<std::int8_t, 256> base64_values(base64_alphabet alphabet) noexcept {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < 64; ++i)
        values[static_cast<unsigned char>(base64_digits(alphabet)[i])] = static_cast<std::int8_t>(i);
    return values;
}

} // namespace detail

UNISONO_DECL std::string base64_encode(bytes_view bytes, base64_alphabet alphabet) {
    auto const digits = detail::base64_digits(alphabet);
    std::string text((bytes.size() + 2) / 3 * 4, '=');
    auto out = text.begin();
    auto const write = [&](std::uint32_t bits, int count) {
        for (int i = 0; i < count; ++i, bits <<= 6)
            *out++ = digits[bits >> 18 & 63];
    };
    auto const byte = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
    std::size_t at = 0;
    for (; at + 3 <= bytes.size(); at += 3)
        write(byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2), 4);
    if (bytes.size() - at == 2)
        write(byte(at) << 16 | byte(at + 1) << 8, 3);
    else if (bytes.size() - at == 1)
        write(byte(at) << 16, 2);
    if (alphabet == base64_alphabet::url)
        text.erase(out, text.end());
    return text;
}

UNISONO_DECL result<byte_buffer> base64_decode(std::string_view text, base64_alphabet alphabet) {
    static constexpr auto standard = detail::base64_values(base64_alphabet::standard);
    static constexpr auto url = detail::base64_values(base64_alphabet::url);
    auto const& values = alphabet == base64_alphabet::standard ? standard : url;

    if (alphabet == base64_alphabet::standard) {
        if (text.size() % 4 != 0)
            return codec_error::invalid_base64;
        for (int i = 0; i < 2 && text.ends_with('='); ++i)
            text.remove_suffix(1);
    }
    byte_buffer bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    int count = 0;
    for (char c : text) {
        int const value = values[static_cast<unsigned char>(c)];
        if (value < 0)
            return codec_error::invalid_base64;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<std::byte>(bits >> count & 0xff));
        }
    }
    // Six bits over: a lone digit, which holds no byte. Otherwise what is over must be zero.
    if (count == 6 || (bits & ((1U << count) - 1)) != 0)
        return codec_error::invalid_base64;
    return bytes;
}

} // namespace unisono::inline v0
