#include <unisono/core/random.hpp>

#include "support/catch.hpp"

#include <array>

TEST_CASE("a seed reproduces its sequence") {
    unisono::seeded_random a{42}, b{42}, c{43};
    CHECK(a.next() == b.next());
    CHECK(a.next() != c.next());
}

TEST_CASE("below stays in range and reaches every value") {
    unisono::seeded_random random{7};
    std::array<int, 5> seen{};
    for (int i = 0; i < 1000; ++i)
        ++seen.at(random.below(5));
    for (int count : seen)
        CHECK(count > 100);
    CHECK(random.below(1) == 0);
}

TEST_CASE("tokens have the asked length, a safe alphabet and do not repeat") {
    auto a = unisono::system_random().token(22);
    auto b = unisono::system_random().token(22);
    CHECK(a.size() == 22);
    CHECK(a != b);
    CHECK(a.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
          std::string::npos);
}
