#include <unisono/core/random.hpp>
#include <unisono/crdt/causal_context.hpp>

#include "support/catch.hpp"

#include <set>
#include <vector>

using namespace unisono;
using crdt::causal_context;
using crdt::dot;
using range = causal_context::range;

namespace {

std::vector<range> ranges_of(causal_context const& context) {
    return {context.ranges().begin(), context.ranges().end()};
}

/// Dots near each other, so that they touch and leave gaps.
std::set<dot> some_dots(random_source& random, std::size_t count) {
    std::set<dot> dots;
    for (std::size_t i = 0; i != count; ++i)
        dots.insert({random.below(4), 1 + random.below(20)});
    return dots;
}

causal_context context_of(std::set<dot> const& dots) {
    return causal_context{{dots.begin(), dots.end()}};
}

} // namespace

TEST_CASE("a context keeps gaps, and forgets them when they are filled") {
    causal_context seen;
    CHECK(seen.insert(dot{7, 1}));
    CHECK(seen.insert(dot{7, 2}));
    CHECK(seen.insert(dot{7, 5}));
    CHECK_FALSE(seen.insert(dot{7, 2}));
    CHECK(ranges_of(seen) == std::vector<range>{{7, 1, 2}, {7, 5, 5}});
    CHECK_FALSE(seen.contains({7, 3}));
    CHECK_FALSE(seen.contains({6, 1}));
    CHECK(seen.insert(dot{7, 4}));
    CHECK(seen.insert(dot{7, 3}));
    CHECK(ranges_of(seen) == std::vector<range>{{7, 1, 5}});
}

TEST_CASE("the next dot of a replica is behind all it has made") {
    causal_context const seen{{{3, 1}, {3, 2}, {5, 9}}};
    CHECK(seen.next(3) == dot{3, 3});
    CHECK(seen.next(5) == dot{5, 10});
    CHECK(seen.next(4) == dot{4, 1});
    CHECK(causal_context{}.next(1) == dot{1, 1});
}

TEST_CASE("whether there are more dots is told without counting them") {
    causal_context const seen{{{1, 1}, {1, 2}, {2, 7}}};
    CHECK(seen.has_more_than(2));
    CHECK_FALSE(seen.has_more_than(3));
    CHECK_FALSE(causal_context{}.has_more_than(0));
}

TEST_CASE("contexts are sets of dots") {
    auto const seed = system_random().next();
    INFO("seed " << seed);
    seeded_random random{seed};
    for (int i = 0; i != 2000; ++i) {
        auto const a = some_dots(random, random.below(30));
        auto const b = some_dots(random, random.below(30));
        auto both = a;
        both.insert(b.begin(), b.end());

        auto joined = context_of(a);
        CHECK(joined.join(context_of(b)) == (both != a));
        REQUIRE(joined == context_of(both));
        CHECK(joined.covers(context_of(b)));
        CHECK(context_of(a).covers(joined) == (both == a));

        std::vector<dot> taken;
        std::set<dot> rest;
        for (dot const d : both)
            if (random.below(2) == 0)
                taken.push_back(d);
            else
                rest.insert(d);
        REQUIRE(joined.without(taken) == context_of(rest));
        for (dot const d : both)
            CHECK(joined.contains(d));
    }
}
