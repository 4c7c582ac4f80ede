#include <unisono/hub/stream_cursor.hpp>

#include "support/catch.hpp"

using namespace unisono;

TEST_CASE("a stream cursor tells the next message from a duplicate and from a gap") {
    stream_cursor seen{{"e", 4}};
    CHECK(seen.accept(5) == arrival::next);
    CHECK(seen.accept(5) == arrival::duplicate);
    CHECK(seen.accept(3) == arrival::duplicate);
    CHECK(seen.accept(0) == arrival::next); // ephemeral
    CHECK(seen.accept(7) == arrival::gap);
    CHECK(seen.at() == position{"e", 5}); // where to recover from
    CHECK(seen.accept(6) == arrival::next);
}
