#include <unisono/core/random.hpp>
#include <unisono/wire/websocket_decoder.hpp>

#include "support/catch.hpp"
#include "unit/wire/websocket_events.hpp"

#include <random>
#include <string>

using namespace unisono;
using namespace websocket_test;

namespace {

/// Valid UTF-8 when `text`, else any bytes.
std::string random_body(random_source& random, bool text) {
    std::string body;
    std::size_t const size = random.below(4) == 0 ? random.below(5'000) : random.below(40);
    while (body.size() < size) {
        if (!text)
            body += static_cast<char>(random.next());
        else if (random.below(8) != 0)
            body.append(random.below(40), static_cast<char>('a' + random.below(26)));
        else
            body += random.below(2) != 0 ? "\xe2\x82\xac" : "\xf0\x9f\x99\x82";
    }
    return body;
}

void append_control(random_source& random, byte_buffer& bytes, std::string& events) {
    bool const ping = random.below(2) != 0;
    std::string const body = random_body(random, false).substr(0, random.below(126));
    append_masked_frame(bytes, ping ? websocket_opcode::ping : websocket_opcode::pong, as_bytes(body),
                        static_cast<std::uint32_t>(random.next()));
    events += (ping ? "ping(" : "pong(") + describe(body) + ") ";
}

void append_message(random_source& random, byte_buffer& bytes, std::string& events) {
    bool const text = random.below(2) != 0;
    std::string const body = random_body(random, text);
    auto opcode = text ? websocket_opcode::text : websocket_opcode::binary;
    std::string_view rest = body;
    for (bool last = false; !last; opcode = websocket_opcode::continuation) {
        last = random.below(2) != 0;
        std::string_view const part = last ? rest : rest.substr(0, random.below(rest.size() + 1));
        rest.remove_prefix(part.size());
        append_masked_frame(bytes, opcode, as_bytes(part), static_cast<std::uint32_t>(random.next()), last);
        if (!last && random.below(3) == 0)
            append_control(random, bytes, events);
    }
    events += (text ? "text(" : "binary(") + describe(body) + ") ";
}

} // namespace

TEST_CASE("what a client encodes in any shape is decoded in any pieces") {
    std::uint64_t const seed = std::random_device{}();
    INFO("seed " << seed);
    seeded_random random{seed};
    for (int round = 0; round < 300; ++round) {
        byte_buffer bytes;
        std::string sent;
        for (std::uint64_t messages = random.below(12); messages > 0; --messages)
            append_message(random, bytes, sent);

        websocket_decoder decoder;
        std::string received;
        std::uint64_t const largest = random.below(3) == 0 ? 9 : 2'000;
        for (std::string_view rest = as_text(bytes); !rest.empty();) {
            std::string_view const piece = rest.substr(0, 1 + random.below(largest));
            received += feed(decoder, piece);
            rest.remove_prefix(piece.size());
        }
        REQUIRE(received == sent);
        REQUIRE_FALSE(decoder.in_message());
    }
}

TEST_CASE("a whole frame is handed out where it lies") {
    std::string bytes = frame(0x81, "in place");
    mutable_bytes input{reinterpret_cast<std::byte*>(bytes.data()), bytes.size()};
    websocket_decoder decoder;
    auto const event = decoder.next(input);
    REQUIRE(event);
    CHECK(event->text() == "in place");
    CHECK(event->text().data() == bytes.data() + 6);
    CHECK(decoder.memory() == 0);
}

TEST_CASE("an idle decoder is small and holds no memory") {
    CHECK(sizeof(websocket_decoder) <= 72);
    websocket_decoder decoder;
    CHECK(decoder.memory() == 0);
    std::string const message = frame(0x82, std::string(50'000, 'x'));
    feed(decoder, message.substr(0, 40'000));
    CHECK(decoder.memory() >= 39'000);
    feed(decoder, message.substr(40'000));
    CHECK(decoder.memory() <= 1'024);
}

TEST_CASE("a failure gives the memory back at once") {
    websocket_decoder decoder;
    feed(decoder, frame(0x01, std::string(50'000, 'x')));
    CHECK(decoder.memory() >= 50'000);
    feed(decoder, frame(0x83, ""));
    CHECK(decoder.finished());
    CHECK(decoder.memory() == 0);
}

TEST_CASE("threat B2: memory follows the bytes received, not the length declared") {
    websocket_decoder decoder{{.max_message_size = 64U << 20}};
    feed(decoder, raw({0x82, 0xFF, 0, 0, 0, 0, 3, 0x93, 0x87, 0, 1, 2, 3, 4})); // 60 MB
    CHECK(decoder.memory() <= 65'536);
    std::size_t received = 0;
    std::string const part(10'000, 'x');
    while (received < 3'000'000) {
        feed(decoder, part);
        received += part.size();
        REQUIRE(decoder.memory() <= received + received / 2 + 65'536);
    }
    CHECK(decoder.in_message());
}

TEST_CASE("threat B3: a flood of tiny fragments ends within the limits") {
    auto const body = GENERATE(std::string(), std::string("x"));
    websocket_decoder decoder;
    std::string events = feed(decoder, frame(0x01, body));
    std::size_t sent = 1;
    for (; events.empty() && sent < 1'000'000; ++sent) {
        events = feed(decoder, frame(0x00, body));
        REQUIRE(decoder.memory() <= 65'536);
    }
    CHECK(events == "failure(1008 message in too many fragments) ");
    CHECK(sent == 1'025);
}

TEST_CASE("a decoder says when something is unfinished") {
    websocket_decoder decoder;
    CHECK_FALSE(decoder.in_message());
    std::string const whole = frame(0x01, "ab");
    feed(decoder, whole.substr(0, 1));
    CHECK(decoder.in_message());
    feed(decoder, whole.substr(1));
    CHECK(decoder.in_message());
    feed(decoder, frame(0x89, "ping"));
    CHECK(decoder.in_message());
    feed(decoder, frame(0x80, "c"));
    CHECK_FALSE(decoder.in_message());
}

TEST_CASE("a body stays readable until the next call") {
    websocket_decoder decoder;
    std::string first = frame(0x01, "Hel");
    std::string rest = frame(0x89, "ping") + frame(0x80, "lo");
    feed(decoder, first + rest.substr(0, 8));
    mutable_bytes input{reinterpret_cast<std::byte*>(rest.data()) + 8, rest.size() - 8};
    auto const ping = decoder.next(input);
    REQUIRE(ping);
    CHECK(ping->text() == "ping");
    auto const message = decoder.next(input);
    REQUIRE(message);
    CHECK(message->text() == "Hello");
    CHECK_FALSE(decoder.next(input));
}
