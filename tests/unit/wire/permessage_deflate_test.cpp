#include <unisono/core/random.hpp>
#include <unisono/wire/permessage_deflate.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "unit/wire/websocket_events.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace unisono;
using websocket_test::raw;

namespace {

std::string decompress(websocket_compression const& codec, std::string_view body,
                       std::size_t limit = 1 << 20) {
    byte_buffer message;
    if (auto const error = codec.decompress(as_bytes(body), limit, message))
        return make_error_code(*error).message();
    return std::string{as_text(message)};
}

/// Empty when it does not pay.
std::string compress(websocket_compression const& codec, std::string_view message) {
    byte_buffer body;
    bool const done = codec.compress(as_bytes(message), body);
    CHECK(done == !body.empty());
    return std::string{as_text(body)};
}

/// Words, so that it shrinks as text does.
std::string text(std::size_t size, std::uint64_t seed = 1) {
    seeded_random random{seed};
    std::string result;
    while (result.size() < size)
        result += "word" + std::to_string(random.below(500)) + ' ';
    result.resize(size);
    return result;
}

std::string noise(std::size_t size) {
    seeded_random random{7};
    std::string result(size, '\0');
    for (char& c : result)
        c = static_cast<char>(random.next());
    return result;
}

std::string const malformed = "malformed compressed message";
std::string const too_big = "message too big";

} // namespace

TEST_CASE("the examples of RFC 7692, 7.2.3 decompress") {
    auto const codec = permessage_deflate();
    CHECK(decompress(*codec, raw({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00})) == "Hello");
    CHECK(decompress(*codec, raw({0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00})) ==
          "Hello");
    CHECK(decompress(*codec, raw({0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07,
                                  0x00})) == "Hello");
    CHECK(decompress(*codec, raw({0x00})).empty());
}

TEST_CASE("threat B1: a final block ends neither the message nor the messages to come") {
    auto const codec = permessage_deflate();
    std::string const final_block = raw({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});
    CHECK(decompress(*codec, final_block + raw({0x00})) == "Hello");
    CHECK(decompress(*codec, final_block + final_block + raw({0x00})) == "HelloHello");
    CHECK(decompress(*codec, raw({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00})) == "Hello");
    CHECK(decompress(*codec, raw({0x01})).empty()); // the empty block at the end, final
}

TEST_CASE("what does not decompress is an error, and the next message is none the worse") {
    auto const codec = permessage_deflate({.threshold = 0});
    std::string const good = compress(*codec, text(3'000));
    for (std::string const& bad :
         {std::string{}, raw({0xff}), raw({0x07}), raw({0x00, 0x05, 0x00, 0x00, 0x00}),
          std::string{"not deflate at all"}, raw({0xf2, 0x48, 0xcd}), good + "x"}) {
        CHECK(decompress(*codec, bad) == malformed);
        CHECK(decompress(*codec, good) == text(3'000));
    }
    for (std::size_t cut = 1; cut < good.size(); ++cut) {
        auto const read = decompress(*codec, std::string_view{good}.substr(0, cut));
        INFO("cut to " << cut);
        REQUIRE(read == malformed);
    }
}

TEST_CASE("threat B4: a message may fill the limit when decompressed, and not pass it") {
    auto const codec = permessage_deflate({.threshold = 0});
    for (std::size_t const size : {1, 16'383, 16'384, 16'385, 65'536, 100'000}) {
        auto const full = text(size);
        auto const packed =
            size < 16 ? raw({0x00, 0x01, 0x00, 0xfe, 0xff}) + full + raw({0x00}) : compress(*codec, full);
        CHECK(decompress(*codec, packed, size) == full);
        CHECK(decompress(*codec, packed, size - 1) == too_big);
    }
}

TEST_CASE("threat B4: memory grows with what comes out, and stays below twice the limit") {
    auto const codec = permessage_deflate();
    std::string const bomb = compress(*codec, std::string(64'000'000, '\0'));
    REQUIRE(bomb.size() < 70'000);
    std::size_t const limit = 1'000'000;
    byte_buffer message;
    CHECK(codec->decompress(as_bytes(bomb), limit, message) == wire_error::message_too_big);
    CHECK(message.capacity() <= limit);
}

TEST_CASE("what is compressed comes back, whatever it is and in any order of good and bad") {
    auto const seed = test::seed();
    INFO("seed " << seed);
    seeded_random random{seed};
    auto const codec = permessage_deflate({.threshold = 0, .level = 1 + static_cast<int>(random.below(9))});
    for (int i = 0; i < 300; ++i) {
        std::string message = text(random.below(3'000), random.next());
        for (auto n = random.below(20); n > 0 && !message.empty(); --n)
            message[random.below(message.size())] = static_cast<char>(random.next());
        auto body = compress(*codec, message);
        if (body.empty())
            continue;
        CHECK(body.size() < message.size());
        REQUIRE(decompress(*codec, body, message.size()) == message);
        body[random.below(body.size())] ^= static_cast<char>(1 << random.below(8));
        (void)decompress(*codec, body, 5'000);
    }
}

TEST_CASE("short messages and those that do not shrink go out as they are") {
    auto const codec = permessage_deflate();
    CHECK(compress(*codec, text(1023)).empty());
    CHECK_FALSE(compress(*codec, text(1024)).empty());
    CHECK(compress(*codec, noise(5'000)).empty());
    CHECK(compress(*permessage_deflate({.threshold = 0}), "").empty());
    CHECK(compress(*permessage_deflate({.threshold = 0}), "a").empty());

    byte_buffer before{std::byte{1}};
    CHECK_FALSE(codec->compress(as_bytes(noise(2'000)), before));
    CHECK(before == byte_buffer{std::byte{1}});
}

TEST_CASE("a compressed frame is the plain one with RSV1 and another body") {
    auto const codec = permessage_deflate();
    for (std::size_t const size : {1'024, 70'000}) {
        auto const message = text(size);
        auto const plain = encode_websocket_text(message);
        auto const packed = compress_websocket_frame(plain, *codec);
        CHECK(packed.data()[0] == std::byte{0xC1});
        CHECK(packed.size() < plain.size() / 2);
        std::size_t const head = packed.data()[1] == std::byte{126} ? 4 : 10;
        CHECK(decompress(*codec, packed.text().substr(head)) == message);
    }
    auto const small = encode_websocket_text("short");
    CHECK(compress_websocket_frame(small, *codec).data() == small.data()); // shared, not copied
}

TEST_CASE("a peer with a smaller window gets compressed what lies within it") {
    auto const frame = encode_websocket_text(std::string(1'020, 'x'));
    REQUIRE(frame.size() == 1'024);
    CHECK(fits_window(frame, 10));
    CHECK_FALSE(fits_window(frame, 9));
    CHECK_FALSE(fits_window(encode_websocket_text(std::string(1'021, 'x')), 10));
    CHECK(fits_window(encode_websocket_text(std::string(100'000, 'x')), 15));
}

TEST_CASE("one compression serves many threads") {
    auto const codec = permessage_deflate();
    std::atomic<int> bad{0};
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; i < 50; ++i) {
                auto const message = text(2'000 + 10 * i, t);
                byte_buffer body;
                byte_buffer back;
                bad += !codec->compress(as_bytes(message), body) ||
                       codec->decompress(body, message.size(), back) || as_text(back) != message;
            }
        });
    for (auto& t : threads)
        t.join();
    CHECK(bad == 0);
}

TEST_CASE("a level that DEFLATE does not have is a mistake") {
    CHECK_THROWS_AS(permessage_deflate({.level = 0}), std::invalid_argument);
    CHECK_THROWS_AS(permessage_deflate({.level = 10}), std::invalid_argument);
}
