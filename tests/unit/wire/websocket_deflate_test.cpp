#include <unisono/wire/permessage_deflate.hpp>

#include "support/catch.hpp"
#include "unit/wire/websocket_events.hpp"

#include <string>
#include <vector>

using namespace websocket_test;
using unisono::websocket_decoder;

namespace {

constexpr unisono::websocket_limits limits{.max_message_size = 4'096, .max_fragments = 8};

auto const codec = unisono::permessage_deflate({.threshold = 0});

std::string pack(std::string_view message) {
    unisono::byte_buffer body;
    codec->compress(unisono::as_bytes(message), body);
    return std::string{unisono::as_text(body)};
}

/// `body` as a fragmented message with this first byte, `step` bytes in a frame.
std::string in_fragments(unsigned first_byte, std::string_view body, std::size_t step) {
    std::string bytes;
    for (std::size_t at = 0; at < body.size(); at += step) {
        bool const last = at + step >= body.size();
        bytes += frame((at == 0 ? first_byte : 0U) | (last ? 0x80U : 0U), body.substr(at, step));
    }
    return bytes;
}

struct row {
    std::string name;
    std::string bytes;
    std::string events;
};

std::vector<row> rows() {
    std::string const hello = raw({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});
    std::string const euro = std::string(40, 'e') + "\xe2\x82\xac" + std::string(40, 'e');
    std::string const cut = std::string(40, 'e') + "\xe2\x82";
    std::string const full(limits.max_message_size, 'f');
    std::string const reserved = "failure(1002 reserved bit set) ";
    std::string const malformed = "failure(1007 malformed compressed message) ";
    std::string const too_big = "failure(1009 message too big) ";
    return {
        {"the RFC's Hello", frame(0xC1, hello), "text(Hello) "},
        {"the RFC's Hello in two fragments", frame(0x41, hello.substr(0, 3)) + frame(0x80, hello.substr(3)),
         "text(Hello) "},
        {"with empty fragments around", frame(0x42, "") + frame(0x00, hello) + frame(0x80, ""),
         "binary(Hello) "},
        {"compressed and plain by turns",
         frame(0xC1, hello) + frame(0x81, "plain") + frame(0xC2, hello) + frame(0x82, ""),
         "text(Hello) text(plain) binary(Hello) binary() "},
        {"a plain message in fragments", frame(0x01, "a") + frame(0x80, "b"), "text(ab) "},
        {"control frames between",
         frame(0x41, hello.substr(0, 1)) + frame(0x89, "p") + frame(0x8A, "") + frame(0x80, hello.substr(1)),
         "ping(p) pong() text(Hello) "},
        {"an empty message", frame(0xC1, raw({0x00})), "text() "},
        {"text in UTF-8", frame(0xC1, pack(euro)), "text(" + describe(euro) + ") "},
        {"text in UTF-8 in fragments", in_fragments(0x41, pack(euro), 5), "text(" + describe(euro) + ") "},
        {"a message that fills the limit", frame(0xC2, pack(full)), "binary(" + describe(full) + ") "},
        {"two that fill it", frame(0xC1, pack(full)) + frame(0xC1, pack(full)),
         "text(" + describe(full) + ") text(" + describe(full) + ") "},
        {"fragments that fill it", in_fragments(0x42, pack(full), 4), "binary(" + describe(full) + ") "},
        {"threat B4: one byte more", frame(0xC2, pack(full + "f")), too_big},
        {"threat B4: a thousand times more", frame(0xC2, pack(std::string(1'000 * full.size(), 'f'))),
         too_big},
        {"threat B4: known from the header", frame(0xC2, std::string(4'096 + 512 + 65, 'x')).substr(0, 8),
         too_big},
        {"threat B4: known from the headers",
         frame(0x42, std::string(4'096, 'x')) + frame(0x80, std::string(512 + 65, 'x')).substr(0, 8),
         too_big},
        {"threat B1: RSV1 on a continuation", frame(0x41, hello.substr(0, 1)) + frame(0xC0, hello.substr(1)),
         reserved},
        {"threat B1: RSV1 on a continuation of plain text", frame(0x01, "a") + frame(0xC0, "b"), reserved},
        {"RSV1 on a ping", frame(0xC9, "p"), reserved},
        {"RSV1 on a close", frame(0xC8, ""), reserved},
        {"RSV2 beside it", frame(0xE1, hello), reserved},
        {"RSV3 beside it", frame(0xD2, hello), reserved},
        {"RSV1 on an unknown opcode", frame(0xC3, hello), "failure(1002 unknown opcode) "},
        {"not compressed at all", frame(0xC1, "plain text"), malformed},
        {"an empty body", frame(0xC1, ""), malformed},
        {"half a message", frame(0xC1, hello.substr(0, 3)) + frame(0x81, "unseen"), malformed},
        {"text that is not UTF-8", frame(0xC1, pack(std::string(50, '\xff'))),
         "failure(1007 invalid UTF-8) "},
        {"text that ends inside a character", frame(0xC1, pack(cut)), "failure(1007 invalid UTF-8) "},
        {"the same as binary", frame(0xC2, pack(cut)), "binary(" + describe(cut) + ") "},
        {"plain text that is not UTF-8, after compressed", frame(0xC1, hello) + frame(0x81, "\xff"),
         "text(Hello) failure(1007 invalid UTF-8) "},
        {"too many fragments", in_fragments(0x41, pack(euro) + pack(euro), 1),
         "failure(1008 message in too many fragments) "},
    };
}

} // namespace

TEST_CASE("compressed messages mean what RFC 7692 says, however they are split") {
    for (auto const& [name, bytes, expected] : rows()) {
        INFO(name);
        {
            websocket_decoder decoder{limits, codec.get()};
            CHECK(feed(decoder, bytes) == expected);
            CHECK(decoder.memory() <= 2 * limits.max_message_size);
        }
        for (std::size_t split = 1; split < std::min<std::size_t>(bytes.size(), 400); ++split) {
            websocket_decoder decoder{limits, codec.get()};
            std::string events = feed(decoder, bytes.substr(0, split));
            events += feed(decoder, bytes.substr(split));
            INFO("split at " << split);
            REQUIRE(events == expected);
        }
        websocket_decoder decoder{limits, codec.get()};
        std::string events;
        for (char byte : bytes)
            events += feed(decoder, {&byte, 1});
        INFO("byte by byte");
        CHECK(events == expected);
    }
}

TEST_CASE("without an agreement a compressed message is a violation") {
    websocket_decoder decoder{limits};
    CHECK(feed(decoder, frame(0xC1, pack(std::string(100, 'a')))) == "failure(1002 reserved bit set) ");
}

TEST_CASE("threat B5: nothing of a compressed message stays") {
    websocket_decoder decoder{{}, codec.get()};
    CHECK(feed(decoder, frame(0xC2, pack(std::string(60'000, 'x')))).starts_with("binary("));
    CHECK(decoder.memory() <= 1'024);
}
