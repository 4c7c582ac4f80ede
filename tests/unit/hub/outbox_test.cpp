#include <unisono/hub/outbox.hpp>

#include "support/catch.hpp"

#include <array>
#include <string>

using unisono::bytes_view;
using unisono::outbox;
using unisono::payload;

namespace {

std::string written_by(outbox const& box, std::size_t pieces = 8) {
    std::vector<bytes_view> row(pieces);
    row.resize(box.gather(std::span{row}));
    std::string text;
    for (auto piece : row)
        text += unisono::as_text(piece);
    return text;
}

payload text(std::string_view t) {
    return payload{t};
}

} // namespace

TEST_CASE("an outbox gives back what went in, in order, in any portions") {
    outbox box{100};
    REQUIRE(box.push(text("hello ")));
    REQUIRE(box.push(text("big ")));
    REQUIRE(box.push(text("world")));
    CHECK(box.bytes() == 15);
    CHECK(written_by(box) == "hello big world");
    CHECK(written_by(box, 2) == "hello big ");
    box.consume(3);
    CHECK(written_by(box) == "lo big world");
    box.consume(8);
    CHECK(written_by(box) == "orld");
    box.consume(4);
    CHECK(box.empty());
}

TEST_CASE("an outbox refuses what would pass its limit and keeps what it has") {
    outbox box{10};
    REQUIRE(box.push(text("12345678")));
    CHECK_FALSE(box.push(text("abc")));
    CHECK(box.push(text("ab")));
    CHECK(written_by(box) == "12345678ab");
    box.push_exempt(text("!"));
    CHECK(written_by(box) == "12345678ab!");
}

TEST_CASE("one message larger than the limit passes through an empty outbox") {
    outbox box{4};
    CHECK(box.push(text("larger than four")));
    CHECK_FALSE(box.push(text("x")));
}

TEST_CASE("a long queue is let go of while it drains") {
    outbox box{1'000'000};
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
        auto piece = std::to_string(i) + ",";
        expected += piece;
        REQUIRE(box.push(text(piece)));
    }
    std::string got;
    while (!box.empty()) {
        auto part = written_by(box, 16);
        auto take = std::min<std::size_t>(part.size(), 37);
        got += part.substr(0, take);
        box.consume(take);
    }
    CHECK(got == expected);
    REQUIRE(box.push(text("again")));
    CHECK(written_by(box) == "again");
}
