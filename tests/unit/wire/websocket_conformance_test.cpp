#include "support/catch.hpp"
#include "unit/wire/websocket_events.hpp"

#include <string>
#include <vector>

using namespace websocket_test;
using unisono::websocket_decoder;
using unisono::websocket_limits;

namespace {

constexpr websocket_limits limits{.max_message_size = 70'000, .max_fragments = 4};

struct conformance_case {
    std::string name;
    std::string bytes;
    std::string events;
};

std::string close_frame(unsigned code, std::string_view reason = {}) {
    return frame(0x88, raw({code >> 8, code & 0xFF}) + std::string(reason));
}

// A comment names the section of RFC 6455.
std::vector<conformance_case> const& cases() {
    std::string const after = frame(0x81, "never seen");
    std::string const not_utf8 = "failure(1007 invalid UTF-8) ";
    std::string const violation = "failure(1002 WebSocket protocol violation) ";
    std::string const bad_length = "failure(1002 malformed frame length) ";
    std::string const reserved = "failure(1002 reserved bit set) ";
    std::string const too_big = "failure(1009 message too big) ";
    std::string const bad_close = "failure(1002 malformed close payload) ";
    auto sized = [](char const* type, std::size_t size, char fill) {
        return std::string(type) + "(" + describe(std::string(size, fill)) + ") ";
    };

    static std::vector<conformance_case> table{
        // 5.7: the specification's own examples
        {"masked Hello", raw({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}),
         "text(Hello) "},
        {"masked pong Hello", raw({0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}),
         "pong(Hello) "},
        {"unmasked Hello", raw({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}),
         "failure(1002 frame without a mask) "},
        // 5.2: lengths
        {"empty text", frame(0x81, ""), "text() "},
        {"empty binary", frame(0x82, ""), "binary() "},
        {"empty first, then more", frame(0x81, "") + frame(0x81, "a"), "text() text(a) "},
        {"125 bytes", frame(0x82, std::string(125, 'x')), sized("binary", 125, 'x')},
        {"126 bytes", frame(0x82, std::string(126, 'x')), sized("binary", 126, 'x')},
        {"127 bytes", frame(0x81, std::string(127, 'x')), sized("text", 127, 'x')},
        {"126 as length in 16 bits missing its end", raw({0x82, 0xFE, 0x00}), ""},
        {"125 in 16 bits", raw({0x82, 0xFE, 0x00, 0x7D, 1, 2, 3, 4}), bad_length},
        {"0 in 16 bits", raw({0x82, 0xFE, 0, 0, 1, 2, 3, 4}), bad_length},
        {"65535 in 64 bits", raw({0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4}), bad_length},
        {"the top bit of 64", raw({0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4}), bad_length},
        {"all bits of 64", raw({0x82, 0xFF, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4}), bad_length},
        {"2^63-1", raw({0x82, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4}), too_big},
        {"2^32 is not 0", raw({0x82, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4}), too_big},
        {"one over the limit", raw({0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x71, 1, 2, 3, 4}), too_big},
        // 5.2: reserved bits, also where extensions would never set them
        {"RSV1 on text", frame(0xC1, "a") + after, reserved},
        {"RSV2 on text", frame(0xA1, "a") + after, reserved},
        {"RSV3 on binary", frame(0x92, "a") + after, reserved},
        {"RSV1 on ping", frame(0xC9, "a") + after, reserved},
        {"RSV1 on close", frame(0xC8, "") + after, reserved},
        {"RSV1 on continuation", frame(0x01, "a") + frame(0xC0, "b"), reserved},
        {"RSV1 known from two bytes", raw({0xC1, 0xFF}), reserved},
        // 5.2: opcodes
        {"opcode 3", frame(0x83, "a"), "failure(1002 unknown opcode) "},
        {"opcode 7", frame(0x87, ""), "failure(1002 unknown opcode) "},
        {"opcode 11", frame(0x8B, ""), "failure(1002 unknown opcode) "},
        {"opcode 15", frame(0x8F, "a"), "failure(1002 unknown opcode) "},
        {"opcode 5 without FIN", frame(0x05, "a"), "failure(1002 unknown opcode) "},
        {"good, then opcode 4", frame(0x81, "a") + frame(0x84, "") + after,
         "text(a) failure(1002 unknown opcode) "},
        // 5.1: masking
        {"unmasked after masked", frame(0x81, "a") + raw({0x82, 0x00}),
         "text(a) failure(1002 frame without a mask) "},
        {"unmasked ping", raw({0x89, 0x00}), "failure(1002 frame without a mask) "},
        {"key of zeros", frame(0x81, "plain", std::string_view("\0\0\0\0", 4)), "text(plain) "},
        // 5.4: fragments
        {"two fragments", frame(0x01, "Hel") + frame(0x80, "lo"), "text(Hello) "},
        {"binary in three", frame(0x02, "a") + frame(0x00, "b") + frame(0x80, "c"), "binary(abc) "},
        {"empty fragments", frame(0x01, "") + frame(0x00, "") + frame(0x80, ""), "text() "},
        {"empty, then the message", frame(0x01, "") + frame(0x80, "late"), "text(late) "},
        {"the message, then empty", frame(0x01, "early") + frame(0x80, ""), "text(early) "},
        {"ping between", frame(0x01, "Hel") + frame(0x89, "p") + frame(0x80, "lo"), "ping(p) text(Hello) "},
        {"pong and ping between", frame(0x01, "a") + frame(0x8A, "") + frame(0x89, "p") + frame(0x80, "b"),
         "pong() ping(p) text(ab) "},
        {"close between", frame(0x01, "a") + close_frame(1000) + frame(0x80, "b"), "close(1000 ) "},
        {"a whole message after fragments", frame(0x01, "a") + frame(0x80, "b") + frame(0x82, "c"),
         "text(ab) binary(c) "},
        {"continuation of nothing", frame(0x80, "a") + after, violation},
        {"unfinished continuation of nothing", frame(0x00, "a"), violation},
        {"continuation after the end", frame(0x01, "a") + frame(0x80, "b") + frame(0x80, "c"),
         "text(ab) " + violation},
        {"text inside text", frame(0x01, "a") + frame(0x81, "b"), violation},
        {"binary inside text", frame(0x01, "a") + frame(0x02, "b"), violation},
        {"four fragments", frame(0x01, "a") + frame(0x00, "b") + frame(0x00, "c") + frame(0x80, "d"),
         "text(abcd) "},
        {"five fragments",
         frame(0x01, "a") + frame(0x00, "b") + frame(0x00, "c") + frame(0x00, "d") + frame(0x80, "e"),
         "failure(1008 message in too many fragments) "},
        {"five empty fragments",
         frame(0x02, "") + frame(0x00, "") + frame(0x00, "") + frame(0x00, "") + frame(0x80, ""),
         "failure(1008 message in too many fragments) "},
        {"fragments are counted per message",
         frame(0x01, "a") + frame(0x00, "b") + frame(0x80, "c") + frame(0x01, "d") + frame(0x80, "e"),
         "text(abc) text(de) "},
        // 5.5: control frames
        {"ping", frame(0x89, "payload"), "ping(payload) "},
        {"empty ping", frame(0x89, ""), "ping() "},
        {"ping of 125", frame(0x89, std::string(125, 'p')), sized("ping", 125, 'p')},
        {"ping of 126", frame(0x89, std::string(126, 'p')), bad_length},
        {"short ping in 16 bits", raw({0x89, 0xFE, 0, 5, 1, 2, 3, 4}), bad_length},
        {"ping in 64 bits", raw({0x89, 0xFF}), bad_length},
        {"fragmented ping", frame(0x09, "a") + frame(0x80, "b"), violation},
        {"fragmented close", frame(0x08, ""), violation},
        {"binary ping", frame(0x89, "\xff\xfe"), "ping(" + describe("\xff\xfe") + ") "},
        // 5.5.1, 7.4: close
        {"empty close", frame(0x88, ""), "close(1005 ) "},
        {"close and more", frame(0x88, "") + after, "close(1005 ) "},
        {"close 1000", close_frame(1000, "done"), "close(1000 done) "},
        {"close of one byte", frame(0x88, "\x03"), bad_close},
        {"close of 125", close_frame(1001, std::string(123, 'r')),
         "close(1001 " + describe(std::string(123, 'r')) + ") "},
        {"close of 126", close_frame(1000, std::string(124, 'r')), bad_length},
        {"close 0", close_frame(0), bad_close},
        {"close 999", close_frame(999), bad_close},
        {"close 1004", close_frame(1004), bad_close},
        {"close 1005", close_frame(1005), bad_close},
        {"close 1006", close_frame(1006, "x"), bad_close},
        {"close 1014", close_frame(1014), "close(1014 ) "},
        {"close 1015", close_frame(1015), bad_close},
        {"close 1016", close_frame(1016), bad_close},
        {"close 2999", close_frame(2999), bad_close},
        {"close 3000", close_frame(3000), "close(3000 ) "},
        {"close 4999", close_frame(4999), "close(4999 ) "},
        {"close 5000", close_frame(5000), bad_close},
        {"close 65535", close_frame(65535), bad_close},
        {"reason in UTF-8", close_frame(1000, "\xc3\xa9"), "close(1000 " + describe("\xc3\xa9") + ") "},
        {"reason not UTF-8", close_frame(1000, "\xce\xba\xe1"), not_utf8},
        {"reason not UTF-8 at once", close_frame(1000, "\xff") + after, not_utf8},
        // 8.1: UTF-8
        {"text in UTF-8", frame(0x81, "\xce\xba\xe1\xbd\xb9"),
         "text(" + describe("\xce\xba\xe1\xbd\xb9") + ") "},
        {"code point over two frames", frame(0x01, "\xf0\x9f") + frame(0x80, "\x99\x82"),
         "text(" + describe("\xf0\x9f\x99\x82") + ") "},
        {"code point over two frames, ping between",
         frame(0x01, "\xf0\x9f") + frame(0x89, "\x80") + frame(0x80, "\x99\x82"),
         "ping(" + describe("\x80") + ") text(" + describe("\xf0\x9f\x99\x82") + ") "},
        {"U+10FFFF", frame(0x81, "\xf4\x8f\xbf\xbf"), "text(" + describe("\xf4\x8f\xbf\xbf") + ") "},
        {"NUL is a character", frame(0x81, std::string(1, '\0')),
         "text(" + describe(std::string(1, '\0')) + ") "},
        {"a surrogate", frame(0x81, "\xed\xa0\x80"), not_utf8},
        {"overlong", frame(0x81, "\xc0\xaf"), not_utf8},
        {"over U+10FFFF", frame(0x81, "\xf4\x90\x80\x80"), not_utf8},
        {"a lone continuation byte", frame(0x81, "a\x80"), not_utf8},
        {"cut at the end of the message", frame(0x81, "\xe2\x82"), not_utf8},
        {"cut at the end of the last fragment", frame(0x01, "\xe2") + frame(0x80, "\x82"), not_utf8},
        {"wrong in the first fragment", frame(0x01, "\xff") + frame(0x89, "unseen"), not_utf8},
        {"wrong in the second fragment", frame(0x01, "\xe2\x82") + frame(0x00, "A") + after, not_utf8},
        {"wrong before the frame ends", frame(0x81, "\xff" + std::string(50, 'a')).substr(0, 10), not_utf8},
        {"wrong behind 40 of ASCII", frame(0x81, std::string(40, 'a') + "\xff" + std::string(20, 'a')),
         not_utf8},
        {"cut by a block of ASCII", frame(0x81, "\xe2" + std::string(40, 'a')), not_utf8},
        {"binary is not text", frame(0x82, "\xff\xc0"), "binary(" + describe("\xff\xc0") + ") "},
        {"state is fresh after a message", frame(0x81, "\xc3\xa9") + frame(0x82, "\xc3") + frame(0x81, "ok"),
         "text(" + describe("\xc3\xa9") + ") binary(" + describe("\xc3") + ") text(ok) "},
        // A failure is the last word
        {"after a failure nothing", frame(0x83, "") + frame(0x89, "p") + frame(0x88, ""),
         "failure(1002 unknown opcode) "},
        {"header not complete", raw({0x81}), ""},
        {"mask not complete", raw({0x81, 0x81, 1, 2, 3}), ""},
        {"body not complete", frame(0x81, "abc").substr(0, 8), ""},
    };
    return table;
}

} // namespace

TEST_CASE("threat B1: WebSocket frames mean what RFC 6455 says, however they are split") {
    for (auto const& row : cases()) {
        INFO(row.name);
        {
            websocket_decoder decoder{limits};
            CHECK(feed(decoder, row.bytes) == row.events);
        }
        for (std::size_t split = 1; split < row.bytes.size(); ++split) {
            websocket_decoder decoder{limits};
            std::string events = feed(decoder, row.bytes.substr(0, split));
            events += feed(decoder, row.bytes.substr(split));
            INFO("split at " << split);
            CHECK(events == row.events);
        }
        websocket_decoder decoder{limits};
        std::string events;
        for (char byte : row.bytes)
            events += feed(decoder, std::string_view(&byte, 1));
        INFO("byte by byte");
        CHECK(events == row.events);
    }
}

TEST_CASE("threat B2: a WebSocket message may fill the limit and not pass it") {
    auto const split = GENERATE(std::size_t{0}, 1, 7, 5'000);
    std::string const full(limits.max_message_size, 'm');
    std::vector<std::pair<std::string, std::string>> const rows{
        {frame(0x82, full), "binary(" + describe(full) + ") "},
        {frame(0x82, full + "m"), "failure(1009 message too big) "},
        {frame(0x01, full) + frame(0x80, ""), "text(" + describe(full) + ") "},
        {frame(0x01, full) + frame(0x80, "m"), "failure(1009 message too big) "},
        {frame(0x01, full) + frame(0x89, "p") + frame(0x80, ""), "ping(p) text(" + describe(full) + ") "},
        {frame(0x02, full.substr(1)) + frame(0x00, "m") + frame(0x80, "m"), "failure(1009 message too big) "},
    };
    for (auto const& [bytes, expected] : rows) {
        websocket_decoder decoder{limits};
        std::string events;
        std::size_t const step = split ? split : bytes.size();
        for (std::size_t at = 0; at < bytes.size(); at += step)
            events += feed(decoder, std::string_view(bytes).substr(at, step));
        CHECK(events == expected);
    }
}

TEST_CASE("threat B1: every first byte of a frame means what RFC 6455, 5.2 says") {
    auto const expected = [](unsigned first) -> std::string {
        bool const last = first & 0x80;
        unsigned const op = first & 15;
        if (first & 0x70)
            return "failure(1002 reserved bit set) ";
        if ((op >= 3 && op <= 7) || op >= 11)
            return "failure(1002 unknown opcode) ";
        if (op == 0 || (op >= 8 && !last))
            return "failure(1002 WebSocket protocol violation) ";
        if (op == 8)
            return "failure(1002 malformed close payload) "; // of one byte
        return !last ? "" : op == 1 ? "text(a) " : op == 2 ? "binary(a) " : op == 9 ? "ping(a) " : "pong(a) ";
    };
    for (unsigned first = 0; first < 256; ++first) {
        INFO("first byte " << first);
        websocket_decoder decoder{limits};
        CHECK(feed(decoder, frame(first, "a")) == expected(first));

        bool const known = expected(first).find("bit") == std::string::npos &&
                           expected(first).find("opcode") == std::string::npos;
        websocket_decoder strict{limits};
        CHECK(feed(strict, raw({first, 1, 'a'})) ==
              (known ? "failure(1002 frame without a mask) " : expected(first)));
    }
}

TEST_CASE("threat B1: every length is read, in its shortest form only") {
    for (std::size_t size :
         {0,   1,   2,   3,   4,   5,   7,   8,     15,    16,     31,     32,     33,     63,     64,    124,
          125, 126, 127, 128, 255, 256, 257, 4'095, 4'096, 65'534, 65'535, 65'536, 65'537, 69'999, 70'000}) {
        std::string const body(size, 'l');
        INFO("length " << size);
        websocket_decoder decoder{limits};
        CHECK(feed(decoder, frame(0x81, body)) == "text(" + describe(body) + ") ");

        websocket_decoder control{limits};
        auto const answer = feed(control, frame(0x89, body));
        CHECK(answer ==
              (size <= 125 ? "ping(" + describe(body) + ") " : "failure(1002 malformed frame length) "));

        auto const top = static_cast<unsigned>(size >> 16);
        auto const middle = static_cast<unsigned>(size >> 8 & 0xFF);
        auto const low = static_cast<unsigned>(size & 0xFF);
        if (size <= 125) {
            websocket_decoder longer{limits};
            CHECK(feed(longer, raw({0x82, 0xFE, middle, low, 1, 2, 3, 4})) ==
                  "failure(1002 malformed frame length) ");
        }
        if (size <= 65'535) {
            websocket_decoder longest{limits};
            CHECK(feed(longest, raw({0x82, 0xFF, 0, 0, 0, 0, 0, top, middle, low, 1, 2, 3, 4})) ==
                  "failure(1002 malformed frame length) ");
        }
    }
}

TEST_CASE("threat B1: every close code is taken or refused by RFC 6455, 7.4 and the registry") {
    for (unsigned code = 0; code <= 0xFFFF; code += code < 5'100 ? 1 : 997) {
        bool const allowed = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                             (code >= 3000 && code <= 4999);
        websocket_decoder decoder{limits};
        INFO("code " << code);
        REQUIRE(feed(decoder, close_frame(code, "why")) == (allowed
                                                                ? "close(" + std::to_string(code) + " why) "
                                                                : "failure(1002 malformed close payload) "));
    }
}
