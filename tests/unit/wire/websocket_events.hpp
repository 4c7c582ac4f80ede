#pragma once

#include <unisono/wire/websocket_decoder.hpp>

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

/// What the WebSocket tests share: raw client frames, and events as text that can be compared and read.
namespace websocket_test {

/// A frame with any first byte, masked by hand so that the encoder is not its own witness.
inline std::string frame(unsigned first_byte, std::string_view body,
                         std::string_view key = "\x37\xfa\x21\x3d") {
    std::string bytes(1, static_cast<char>(first_byte));
    std::size_t const size = body.size();
    if (size <= 125) {
        bytes += static_cast<char>(0x80 | size);
    } else if (size <= 0xFFFF) {
        bytes += static_cast<char>(0xFE);
        bytes += static_cast<char>(size >> 8);
        bytes += static_cast<char>(size);
    } else {
        bytes += static_cast<char>(0xFF);
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes += static_cast<char>(std::uint64_t{size} >> shift);
    }
    bytes += key;
    for (std::size_t i = 0; i < size; ++i)
        bytes += static_cast<char>(body[i] ^ key[i % 4]);
    return bytes;
}

inline std::string raw(std::initializer_list<unsigned> bytes) {
    std::string result;
    for (unsigned byte : bytes)
        result += static_cast<char>(byte);
    return result;
}

/// The body as it is if short and printable, else its size and a checksum.
inline std::string describe(std::string_view body) {
    bool printable = body.size() <= 64;
    std::uint32_t hash = 2166136261U;
    for (char c : body) {
        printable = printable && c >= ' ' && c <= '~';
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    if (printable)
        return std::string(body);
    char text[32];
    std::snprintf(text, sizeof(text), "#%zu:%08x", body.size(), hash);
    return text;
}

inline std::string describe(unisono::websocket_event const& event) {
    using type = unisono::websocket_event::type;
    std::string const body = describe(event.text());
    std::string const code = std::to_string(event.code.value());
    switch (event.kind) {
    case type::text:
        return "text(" + body + ")";
    case type::binary:
        return "binary(" + body + ")";
    case type::ping:
        return "ping(" + body + ")";
    case type::pong:
        return "pong(" + body + ")";
    case type::close:
        return "close(" + code + " " + body + ")";
    case type::failure:
        return "failure(" + code + " " + make_error_code(event.error).message() + ")";
    }
    return "unknown";
}

/// Hands `bytes` to the decoder in an allocation of their own, where a sanitizer sees every step too far.
inline std::string feed(unisono::websocket_decoder& decoder, std::string_view bytes) {
    auto const copy = std::make_unique<std::byte[]>(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        copy[i] = static_cast<std::byte>(bytes[i]);
    unisono::mutable_bytes input{copy.get(), bytes.size()};
    std::string log;
    while (auto const event = decoder.next(input))
        log += describe(*event) + " ";
    if (!input.empty())
        log += "input left ";
    return log;
}

} // namespace websocket_test
