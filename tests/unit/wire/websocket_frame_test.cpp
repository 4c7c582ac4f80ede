#include <unisono/wire/websocket_frame.hpp>

#include "support/catch.hpp"
#include "unit/wire/websocket_events.hpp"

#include <stdexcept>
#include <string>

using namespace unisono;
using websocket_test::raw;

namespace {

std::string encoded(websocket_opcode opcode, std::string const& body) {
    return std::string(encode_websocket_frame(opcode, as_bytes(body)).text());
}

} // namespace

TEST_CASE("server frames are unmasked, with the shortest length") {
    CHECK(encode_websocket_text("Hello").text() == raw({0x81, 0x05}) + "Hello");
    CHECK(encoded(websocket_opcode::binary, "") == raw({0x82, 0x00}));
    CHECK(encoded(websocket_opcode::ping, "p") == raw({0x89, 0x01}) + "p");
    CHECK(encoded(websocket_opcode::pong, "p") == raw({0x8A, 0x01}) + "p");

    auto head = [](std::size_t size, std::size_t length) {
        return encoded(websocket_opcode::binary, std::string(size, 'x')).substr(0, length + 1);
    };
    CHECK(head(125, 2) == raw({0x82, 125, 'x'}));
    CHECK(head(126, 4) == raw({0x82, 126, 0, 126, 'x'}));
    CHECK(head(65'535, 4) == raw({0x82, 126, 0xFF, 0xFF, 'x'}));
    CHECK(head(65'536, 10) == raw({0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0, 'x'}));
    CHECK(encoded(websocket_opcode::binary, std::string(65'536, 'x')).size() == 65'546);
}

TEST_CASE("a frame's body can be written in place") {
    auto const frame = build_websocket_frame(websocket_opcode::text, 3, [](mutable_bytes out) {
        REQUIRE(out.size() == 3);
        for (auto& byte : out)
            byte = std::byte{'z'};
    });
    CHECK(frame.text() == raw({0x81, 0x03}) + "zzz");
}

TEST_CASE("a control frame over 125 bytes is a programming mistake") {
    CHECK(encoded(websocket_opcode::ping, std::string(125, 'p')).size() == 127);
    CHECK_THROWS_AS(encoded(websocket_opcode::ping, std::string(126, 'p')), std::length_error);
    CHECK_THROWS_AS(encoded(websocket_opcode::close, std::string(126, 'p')), std::length_error);
}

TEST_CASE("a close frame carries a code and what fits of a reason") {
    CHECK(encode_websocket_close(close_code::normal).text() == raw({0x88, 0x02, 0x03, 0xE8}));
    CHECK(encode_websocket_close(close_code{4001}, "bye").text() == raw({0x88, 0x05, 0x0F, 0xA1}) + "bye");
    CHECK(encode_websocket_close(close_code::normal, std::string(200, 'r')).size() == 2 + 125);
}

TEST_CASE("an empty close is answered by an empty close") {
    CHECK(encode_websocket_close(close_code::no_status).text() == raw({0x88, 0x00}));
    CHECK(encode_websocket_close(close_code::no_status, "lost").text() == raw({0x88, 0x00}));
}

TEST_CASE("a close code that stands for something else is not sent") {
    CHECK_THROWS_AS(encode_websocket_close(close_code::abnormal), std::invalid_argument);
    CHECK_THROWS_AS(encode_websocket_close(close_code{999}), std::invalid_argument);
    CHECK_THROWS_AS(encode_websocket_close(close_code{5000}), std::invalid_argument);
}

TEST_CASE("client frames are masked byte by byte with their key") {
    std::uint32_t key;
    std::memcpy(&key, "\x37\xfa\x21\x3d", 4);
    for (std::size_t size : {0, 1, 3, 4, 7, 8, 9, 31, 32, 33, 125, 126, 1'000, 65'535, 65'536}) {
        std::string body(size, '\0');
        for (std::size_t i = 0; i < size; ++i)
            body[i] = static_cast<char>(i * 7);
        byte_buffer bytes;
        append(bytes, "before");
        append_masked_frame(bytes, websocket_opcode::binary, as_bytes(body), key);
        CHECK(as_text(bytes) == "before" + websocket_test::frame(0x82, body));
    }
    byte_buffer bytes;
    append_masked_frame(bytes, websocket_opcode::text, as_bytes("a"), key, false);
    CHECK(as_text(bytes) == websocket_test::frame(0x01, "a"));
}
