#include <unisono/crdt/yjs/detail/content_heap.hpp>

#include "support/catch.hpp"

#include <string>

namespace {

using namespace unisono;
using yjs::detail::content_heap;
using yjs::detail::content_place;

std::string read(content_heap const& heap, content_place from, std::uint32_t length) {
    byte_buffer utf8;
    heap.read_text(from, length, utf8);
    return std::string{as_text(utf8)};
}

} // namespace

TEST_CASE("ASCII is held as it is, other text in UTF-16, and both are cut by arithmetic") {
    content_heap heap;
    auto const ascii = heap.add_text("plain", false);
    auto const wide = heap.add_text("é漢😀z", false);
    CHECK(!ascii.wide);
    CHECK(wide.wide);
    CHECK(read(heap, ascii, 5) == "plain");
    CHECK(read(heap, {ascii.begin + 2, false}, 2) == "ai");
    CHECK(read(heap, wide, 5) == "é漢😀z");
    CHECK(read(heap, {wide.begin + 1, true}, 1) == "漢");
    CHECK(read(heap, {wide.begin + 2, true}, 1) == "\uFFFD"); // half of a pair
}

TEST_CASE("neighbouring runs join where they are, others are brought together") {
    content_heap heap;
    auto const a = heap.add_text("ab", false);
    auto const b = heap.add_text("cd", false);
    auto const together = heap.join_text(a, 2, b, 2);
    CHECK(together.begin == a.begin);
    CHECK(read(heap, together, 4) == "abcd");
    auto const c = heap.add_text("é", false);
    auto const mixed = heap.join_text(together, 4, c, 1);
    CHECK(mixed.wide);
    CHECK(read(heap, mixed, 5) == "abcdé");
    auto const d = heap.add_text("e", false);
    CHECK(heap.join_text(mixed, 5, d, 1).begin == mixed.begin);
    CHECK(read(heap, mixed, 6) == "abcdée");
}

TEST_CASE("a cut pair is replaced on both sides") {
    content_heap heap;
    auto const pair = heap.add_text("a😀b", false);
    heap.repair_cut(pair.begin + 1);
    CHECK(read(heap, pair, 4) == "a😀b");
    heap.repair_cut(pair.begin + 2);
    CHECK(read(heap, pair, 4) == "a\uFFFD\uFFFDb");
    auto const rest = heap.add_text_after_half("é");
    CHECK(read(heap, rest, 2) == "\uFFFDé");
}

TEST_CASE("values keep their bytes and stand in a row") {
    content_heap heap;
    auto const first = heap.add_value(as_bytes("x"));
    heap.add_value(as_bytes("yy"));
    heap.add_value(as_bytes(""));
    auto const last = heap.add_value(as_bytes("z"));
    CHECK(as_text(heap.values(first, 4)) == "xyyz");
    CHECK(as_text(heap.values(first + 1, 1)) == "yy");
    CHECK(as_text(heap.values(first + 2, 1)).empty());
    auto const apart = heap.join_values(last, 1, first, 2);
    CHECK(as_text(heap.values(apart, 3)) == "zxyy");
}
