#include <unisono/core/bytes.hpp>
#include <unisono/core/random.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/sse_event.hpp>
#include <unisono/wire/sse_parser.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using unisono::as_bytes;
using unisono::encode_sse;
using unisono::sse_limits;
using unisono::sse_parse_status;
using unisono::sse_parser;
using unisono::wire_error;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

/// Feeds the pieces and writes down what a browser's program would see: `type|data|id;` for every event, then
/// the id to resume from.
std::string trace(std::vector<std::string_view> const& pieces, sse_limits const& limits = {}) {
    std::string seen;
    sse_parser parser(limits);
    for (std::string_view piece : pieces) {
        while (!piece.empty()) {
            auto const [consumed, status] = parser.feed(as_bytes(piece));
            piece.remove_prefix(consumed);
            if (status == sse_parse_status::failed)
                return seen + "failed: " + parser.error().message();
            if (status == sse_parse_status::event) {
                auto const message = parser.message();
                seen.append(message.event).append("|").append(message.data).append("|");
                seen.append(message.last_event_id).append(";");
            }
        }
    }
    seen += parser.last_event_id();
    if (parser.retry())
        seen += " retry " + std::to_string(parser.retry()->count());
    return seen;
}

/// The trace of `stream`: whole, cut in two at every place, and byte by byte; all must agree.
std::string trace_every_way(std::string_view stream, sse_limits const& limits = {}) {
    std::string const expected = trace({stream}, limits);
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        bytes.push_back(stream.substr(i, 1));
        INFO("cut at " << i);
        REQUIRE(trace({stream.substr(0, i), stream.substr(i)}, limits) == expected);
    }
    INFO("byte by byte");
    REQUIRE(trace(bytes, limits) == expected);
    return expected;
}

} // namespace

TEST_CASE("an event stream is read as the standard says, however it is cut") {
    struct row {
        std::string_view stream;
        std::string_view seen;
    };
    row const rows[] = {
        // Fields
        {"data: x\n\n", "message|x|;"},
        {"event: a\nid: 1\ndata: x\n\ndata: y\n\n", "a|x|1;message|y|1;1"},
        {"data:x\ndata: x\ndata:  x\ndata:\tx\n\n", "message|x\nx\n x\n\tx|;"},
        {"data\n\n", "message||;"},
        {"data\ndata\n\n", "message|\n|;"},
        {"data:\ndata:\n\n", "message|\n|;"},
        {"data:a:b\n\n", "message|a:b|;"},
        {": comment\ndata: x\n:data: y\n\n", "message|x|;"},
        {" data: x\nData: x\ndata : x\ndatax: x\nunknown: x\nevent\n\n", ""},
        {"event: a\nevent: b\ndata: x\n\n", "b|x|;"},
        {"event: a\nevent:\ndata: x\n\n", "message|x|;"},
        {"data: a\0b\nevent: c\0d\n\n"sv, "c\0d|a\0b|;"sv},
        // Blocks without data
        {"event: a\n\ndata: x\n\n", "message|x|;"},
        {"id: 7\n\n", "7"},
        {"id: 7\n\ndata: x\n\n", "message|x|7;7"},
        {"\n\n\ndata: x\n\n\n\n", "message|x|;"},
        {"data: x\n", ""},
        {"id: 1\n\nid: 2\ndata: x\n", "1"},
        // Ids
        {"id: 1\ndata: x\n\nid\ndata: y\n\n", "message|x|1;message|y|;"},
        {"id: 1\nid: 2\0\ndata: x\n\n"sv, "message|x|1;1"},
        {"id:  1 \ndata: x\n\n", "message|x| 1 ; 1 "},
        // Line ends
        {"data: a\rdata: b\r\r", "message|a\nb|;"},
        {"data: a\r\ndata: b\r\n\r\n", "message|a\nb|;"},
        {"data: a\r\n\rdata: b\n\r\n", "message|a|;message|b|;"},
        {"data: a\n\rdata: b\r\n\n", "message|a|;message|b|;"},
        {"data: a\r\r\ndata: b\n\n", "message|a|;message|b|;"},
        // Byte order marks
        {"\xef\xbb\xbf"
         "data: x\n\n",
         "message|x|;"},
        {"\xef\xbb\xbf\xef\xbb\xbf"
         "data: x\n\n",
         ""},
        {"data: x\n\n\xef\xbb\xbf"
         "data: y\n\n",
         "message|x|;"},
        {"\xef\xbb"
         "data: x\n\ndata: y\n\n",
         "message|y|;"},
        {"data: \xef\xbb\xbfx\n\n", "message|\xef\xbb\xbfx|;"},
        // Reconnection time
        {"retry: 1500\n\n", " retry 1500"},
        {"retry:0\n\n", " retry 0"},
        {"retry: 99999999999999999999\n\n", " retry 3600000"},
        {"retry: 7\nretry: +1\nretry: 1.5\nretry: \nretry\nretry: 1 \nretry:  1\nretry: 0x1\n\n", " retry 7"},
        // Not UTF-8: one replacement for the longest beginning of a character
        {"data: a\xff\n\n", "message|a\xef\xbf\xbd|;"},
        {"data: \xe2\x82\n\n", "message|\xef\xbf\xbd|;"},
        {"data: \xe2\x82x\xc3\xa9\n\n", "message|\xef\xbf\xbdx\xc3\xa9|;"},
        {"data: \xed\xa0\x80\n\n", "message|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|;"},
        {"data: \xf0\x9f\x98\xf0\x9f\x98\x80\n\n", "message|\xef\xbf\xbd\xf0\x9f\x98\x80|;"},
        {"data: \xc0\xae\xf4\x90\n\n", "message|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|;"},
        {"event: \xff\nid: \xff\ndata:\n\n", "\xef\xbf\xbd||\xef\xbf\xbd;\xef\xbf\xbd"},
    };
    for (row const& r : rows) {
        CAPTURE(r.stream);
        CHECK(trace_every_way(r.stream) == r.seen);
    }
}

TEST_CASE("an event is there as soon as a CR ends its block") {
    sse_parser parser;
    CHECK(parser.feed(as_bytes("data: x\r\n\r")).status == sse_parse_status::event);
    CHECK(parser.message().data == "x");
    CHECK(parser.feed(as_bytes("\ndata: y\r\r")).status == sse_parse_status::event);
    CHECK(parser.message().data == "y");
}

TEST_CASE("a new stream goes on from the last event id of the old") {
    sse_parser parser({}, "41");
    CHECK(parser.last_event_id() == "41");
    CHECK(parser.feed(as_bytes("data: x\n\n")).status == sse_parse_status::event);
    CHECK(parser.message().last_event_id == "41");
}

TEST_CASE("a line and an event may reach their limits and no further") {
    sse_limits const limits{.line = 10, .data = 8};
    std::string const failed = "failed: " + make_error_code(wire_error::event_too_large).message();
    CHECK(trace_every_way("data: 4444\n\n", limits) == "message|4444|;");
    CHECK(trace_every_way("data: 55555\n\n", limits) == failed);
    CHECK(trace_every_way(": a long comment\n", limits) == failed);
    CHECK(trace_every_way("no line end in here", limits) == failed);
    CHECK(trace_every_way("data: 4444\ndata: 333\n\n", limits) == "message|4444\n333|;");
    CHECK(trace_every_way("data: 4444\ndata: 4444\n\n", limits) == failed);
    CHECK(trace_every_way("data\n\ndata: 55555\n\n", limits) == "message||;" + failed);
}

TEST_CASE("what is written is what is read") {
    auto const seed = unisono::test::seed();
    CAPTURE(seed);
    unisono::seeded_random random(seed);
    // Rich in what could break a frame: line ends, colons, spaces, NUL, halves of characters, field names.
    std::vector<std::string_view> const parts = {
        "\n", "\r", "\r\n", ":",    " ",        "\0"sv, "\xc3\xa9", "\xef\xbb\xbf",
        "a",  "b",  "data", "id: ", "retry: 5", "\xff", "\xc3",     "\xf0\x9f\x98\x80"};
    auto const random_text = [&]() -> std::optional<std::string> {
        if (random.below(3) == 0)
            return std::nullopt;
        std::string text;
        for (auto n = random.below(8); n > 0; --n)
            text += random.below(4) == 0 ? std::string(1, static_cast<char>(random.below(256)))
                                         : std::string(parts[random.below(parts.size())]);
        return text;
    };
    auto const lines_joined = [](std::string_view text) {
        std::string joined;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\r' && text.substr(i + 1).starts_with('\n'))
                continue;
            joined += text[i] == '\r' ? '\n' : text[i];
        }
        return joined;
    };

    std::string id = "start";
    std::size_t events = 0;
    sse_parser parser({}, id);
    REQUIRE(parser.feed(as_bytes("\n")).status == sse_parse_status::need_more);
    for (int round = 0; round < 50000; ++round) {
        auto const event = random_text();
        auto const new_id = random_text();
        auto const data = random_text();
        auto const comment = random_text();
        auto const block = encode_sse({.event = event, .id = new_id, .data = data, .comment = comment});
        if (!block)
            continue;
        CAPTURE(round, block->text());
        if (new_id)
            id = *new_id;

        auto const cut = block->empty() ? 0 : random.below(block->size());
        auto const first = parser.feed(block->view().first(cut));
        REQUIRE(first.consumed == cut);
        REQUIRE(first.status == sse_parse_status::need_more);
        auto const second = parser.feed(block->view().subspan(cut));
        REQUIRE(second.consumed == block->size() - cut);
        REQUIRE(parser.last_event_id() == id);
        REQUIRE((second.status == sse_parse_status::event) == data.has_value());
        if (!data)
            continue;
        ++events;
        auto const message = parser.message();
        REQUIRE(message.event == (event && !event->empty() ? *event : "message"));
        REQUIRE(message.data == lines_joined(*data));
        REQUIRE(message.last_event_id == id);
    }
    CHECK(events > 1000);
    CHECK_FALSE(parser.retry());
}
