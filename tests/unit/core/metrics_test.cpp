#include <unisono/core/metrics.hpp>

#include "support/catch.hpp"

#include <map>

using namespace unisono;
using namespace std::chrono_literals;

TEST_CASE("a counter adds up") {
    counter c;
    c.add();
    c.add(41);
    CHECK(c.value() == 42);
}

TEST_CASE("every code has a counter of its own, until there are too many") {
    code_counters codes;
    for (std::uint16_t code = 0; code < 1000; ++code)
        codes.add(code);
    codes.add(7);
    std::map<std::uint16_t, std::uint64_t> seen;
    codes.for_each([&](std::uint16_t code, std::uint64_t count) { seen[code] = count; });
    CHECK(seen.size() == code_counters::max_codes);
    CHECK(seen[7] == 2);
    CHECK(codes.others() == 1000 - code_counters::max_codes);
}

TEST_CASE("a duration falls into the first bucket that holds it") {
    duration_histogram h;
    h.add(-1ns);
    h.add(10us);
    h.add(10us + 1ns);
    h.add(1h);
    CHECK(h.count(0) == 2);
    CHECK(h.count(1) == 1);
    CHECK(h.count(duration_histogram::bounds.size()) == 1);
    CHECK(h.sum() == 1h + 20us + 1ns);
}
