#include <unisono/hub/outbox.hpp>

#include "support/catch.hpp"

#include <array>
#include <string>

using unisono::bytes_view;
using unisono::outbox;
using unisono::overflow;
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

TEST_CASE("what is exempt does not count towards an outbox's limit") {
    outbox box{10};
    box.push_exempt(text("an answer that is long"));
    REQUIRE(box.push(text("12345678")));
    CHECK_FALSE(box.push(text("abc")));
    CHECK(box.bytes() == 30);
    CHECK(box.counted_bytes() == 8);
    box.consume(22);
    CHECK(box.counted_bytes() == 8);
    box.consume(2);
    CHECK(box.counted_bytes() == 6);
    CHECK(box.push(text("abc")));
}

TEST_CASE("what was reserved elsewhere counts, but always has room") {
    outbox box{10};
    REQUIRE(box.push(text("12345678")));
    box.push_reserved(text("abc"));
    CHECK(box.counted_bytes() == 11);
    CHECK_FALSE(box.push(text("d")));
    CHECK(written_by(box) == "12345678abc");
}

TEST_CASE("a full outbox loses what its policy says and counts it") {
    outbox box{10};
    REQUIRE(box.push(text("first ")));
    REQUIRE(box.push(text("old "), overflow::drop_oldest));
    SECTION("the newest") {
        CHECK(box.push(text("new"), overflow::drop_newest));
        CHECK(written_by(box) == "first old ");
        CHECK(box.dropped() == 1);
    }
    SECTION("the oldest that may be lost") {
        CHECK(box.push(text("new"), overflow::drop_oldest));
        CHECK(written_by(box) == "first new");
        CHECK(box.dropped() == 1);
        CHECK(box.push(text("newer"), overflow::drop_oldest));
        CHECK(written_by(box) == "first ");
        CHECK(box.dropped() == 3);
    }
    CHECK(box.high_water() == 10);
}

TEST_CASE("the first message is never lost: it may be partly written") {
    outbox box{10};
    REQUIRE(box.push(text("12345678"), overflow::drop_oldest));
    box.consume(1);
    CHECK(box.push(text("abcd"), overflow::drop_oldest));
    CHECK(written_by(box) == "2345678");
}

TEST_CASE("a full outbox keeps the latest message of each key, in the place of the first") {
    outbox box{12};
    REQUIRE(box.push(text("first ")));
    REQUIRE(box.push(text("a1 "), overflow::conflate, 1));
    REQUIRE(box.push(text("b1 "), overflow::conflate, 2));
    CHECK(box.push(text("a2 "), overflow::conflate, 1));
    CHECK(written_by(box) == "first a2 b1 ");
    CHECK(box.conflated() == 1);
    CHECK_FALSE(box.push(text("c1 "), overflow::conflate, 3));
    CHECK_FALSE(box.push(text("c1 "), overflow::conflate));
    CHECK_FALSE(box.push(text("longer than before "), overflow::conflate, 1));
    CHECK(written_by(box) == "first a2 b1 ");
    box.consume(8); // the first is gone and "a2" is next
    CHECK(box.push(text("a3 "), overflow::conflate, 1));
    CHECK(written_by(box) == " b1 a3 ");
}

TEST_CASE("an outbox that was short of room tells once that half of it is free") {
    outbox box{10};
    REQUIRE(box.push(text("1234567890")));
    box.consume(1);
    CHECK_FALSE(box.take_low_water());
    REQUIRE_FALSE(box.push(text("12345")));
    CHECK_FALSE(box.take_low_water());
    box.consume(3);
    CHECK_FALSE(box.take_low_water());
    box.consume(1);
    CHECK(box.take_low_water());
    CHECK_FALSE(box.take_low_water());
}

TEST_CASE("an outbox tells a lone message from one that is partly written or has others behind it") {
    outbox box{100};
    CHECK(box.lone().empty());
    REQUIRE(box.push(text("0123456789")));
    CHECK(unisono::as_text(box.lone()) == "0123456789");
    REQUIRE(box.push(text("abcd")));
    CHECK(box.lone().empty());
    box.consume(4); // as many bytes wait as the first message has
    CHECK(box.lone().empty());
    CHECK(written_by(box) == "456789abcd");
    box.consume(10);
    REQUIRE(box.push(text("next")));
    CHECK(unisono::as_text(box.lone()) == "next");
    box.consume_lone();
    CHECK(box.empty());
    CHECK(box.counted_bytes() == 0);
}

TEST_CASE("an outbox shares what it is given as an lvalue and takes over what it is given as an rvalue") {
    outbox box{100};
    payload mine = text("shared");
    REQUIRE(box.push(mine));
    CHECK(box.lone().data() == mine.data());
    REQUIRE(box.push(mine));
    box.clear();
    CHECK(mine.text() == "shared");
    REQUIRE(box.push(std::move(mine)));
    CHECK(mine.empty());
}
