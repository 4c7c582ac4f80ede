#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/websocketpp.hpp>
#include <unisono/wire/websocket_compression.hpp>
#include <unisono/wire/websocket_frame.hpp>

namespace unisono::inline v0 {

UNISONO_DECL payload compress_websocket_frame(payload const& frame, websocket_compression const& by) {
    using namespace websocketpp::frame;
    bytes_view const plain = frame.view();
    basic_header const head{std::to_integer<std::uint8_t>(plain[0]), std::to_integer<std::uint8_t>(plain[1])};
    byte_buffer body;
    if (!by.compress(plain.subspan(get_header_len(head)), body))
        return frame;
    detail::frame_header const header{
        static_cast<std::uint8_t>(std::to_integer<unsigned>(plain[0]) | detail::frame_header::compressed),
        body.size()};
    return payload::build(header.size() + body.size(), [&](mutable_bytes out) {
        std::memcpy(header.write(out.data()), body.data(), body.size());
    });
}

} // namespace unisono::inline v0
