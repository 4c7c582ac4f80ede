#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace benchmark {

/// One WebSocket frame within the bytes received.
struct frame {
    std::string_view head; ///< up to the mask
    std::string_view key;  ///< the mask; empty in frames of a server
    std::string_view body; ///< as it came
    std::size_t size;      ///< of all of it

    unsigned first_byte() const { return static_cast<unsigned char>(head[0]); }
};

/// The frame that `bytes` begins with, or nothing while it is not complete.
inline std::optional<frame> read_frame(std::string_view bytes) {
    if (bytes.size() < 2)
        return std::nullopt;
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    std::size_t head = 2;
    std::uint64_t length = byte(1) & 0x7FU;
    if (length >= 126) {
        std::size_t const width = length == 126 ? 2 : 8;
        head += width;
        if (bytes.size() < head)
            return std::nullopt;
        length = 0;
        for (std::size_t i = 2; i < head; ++i)
            length = length << 8 | byte(i);
    }
    std::size_t const mask = (byte(1) & 0x80U) != 0 ? 4 : 0;
    if (bytes.size() < head + mask || bytes.size() - head - mask < length)
        return std::nullopt;
    return frame{bytes.substr(0, head), bytes.substr(head, mask), bytes.substr(head + mask, length),
                 head + mask + static_cast<std::size_t>(length)};
}

/// A client's frame.
inline void append_masked(std::string& to, unsigned first_byte, std::string_view body) {
    constexpr char key[4] = {0x12, 0x34, 0x56, 0x78};
    to += static_cast<char>(first_byte);
    if (body.size() <= 125) {
        to += static_cast<char>(0x80 | body.size());
    } else {
        bool const wide = body.size() > 0xFFFF;
        to += static_cast<char>(wide ? 0xFF : 0xFE);
        for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8)
            to += static_cast<char>(std::uint64_t{body.size()} >> shift);
    }
    to.append(key, 4);
    for (std::size_t i = 0; i < body.size(); ++i)
        to += static_cast<char>(body[i] ^ key[i % 4]);
}

inline void append_unmasked_body(std::string& to, frame const& f) {
    std::size_t const start = to.size();
    to += f.body;
    char* const body = to.data() + start;
    for (std::size_t i = 0; i < f.body.size(); ++i)
        body[i] = static_cast<char>(body[i] ^ f.key[i % 4]);
}

/// The client's frame as a server sends it on: the same without the mask.
inline void append_unmasked(std::string& to, frame const& f) {
    to += f.head[0];
    to += static_cast<char>(f.head[1] & 0x7F);
    to += f.head.substr(2);
    append_unmasked_body(to, f);
}

inline std::string upgrade_request(std::string const& path) {
    return "GET " + path +
           " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

inline std::string event_stream_request(std::string const& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
}

} // namespace benchmark
