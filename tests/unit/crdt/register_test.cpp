#include <unisono/crdt/encoding.hpp>
#include <unisono/crdt/hybrid_clock.hpp>
#include <unisono/crdt/lww_register.hpp>
#include <unisono/crdt/mv_register.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace unisono;
using namespace unisono::crdt;
using text = lww_register<std::string>;
using texts = mv_register<std::string>;

TEST_CASE("the value written last stays") {
    manual_clock time;
    hybrid_clock here{1, time}, there{2, time};
    text a, b;
    CHECK(a.get() == nullptr);
    CHECK(to_json(a) == "null");
    a.set(here.now(), "first");
    REQUIRE(there.observe(a.latest()));
    b.join(a);
    b.set(there.now(), "second");
    CHECK(a.join(b) == effect::changed);
    CHECK(a.join(b) == effect::none);
    CHECK(*a.get() == "second");
    CHECK(b.join(text{}.set({.time = 1}, "ancient")) == effect::none);
    CHECK(to_json(b) == "\"second\"");
}

TEST_CASE("at equal times the replica decides, everywhere alike") {
    text a, b;
    a.set({5, 0, 1}, "one");
    b.set({5, 0, 2}, "two");
    auto const ours = a;
    a.join(b);
    b.join(ours);
    CHECK(*a.get() == "two");
    CHECK(a == b);
}

TEST_CASE("two values under one timestamp are told, and end the same everywhere") {
    text a, b;
    a.set({5, 0, 1}, "one");
    b.set({5, 0, 1}, "two");
    auto const ours = a;
    CHECK(a.join(b) == effect::reused);
    CHECK(b.join(ours) == effect::reused);
    CHECK(a == b);
    CHECK(*a.get() == "two");
}

TEST_CASE("values written at the same time are all kept until somebody who has seen them writes") {
    texts a, b;
    a.set(1, "x");
    b.set(2, "y");
    a.join(b);
    b.join(a);
    CHECK(a == b);
    CHECK(a.get() == std::vector<std::string>{"x", "y"});
    a.set(1, "z");
    b.join(a);
    CHECK(b.get() == std::vector<std::string>{"z"});
    CHECK(to_json(b) == R"(["z"])");
}

TEST_CASE("a value that two have written is shown once") {
    texts a, b;
    a.set(1, "x");
    b.set(2, "x");
    a.join(b);
    CHECK(a.get() == std::vector<std::string>{"x"});
}

TEST_CASE("a reset register holds nothing but what was written meanwhile") {
    texts a, b;
    a.set(1, "x");
    b.join(a);
    a.reset();
    CHECK(a.get().empty());
    b.set(2, "y");
    b.join(a);
    CHECK(b.get() == std::vector<std::string>{"y"});
    CHECK(a.join(b) == effect::changed);
    CHECK(a == b);
}

TEST_CASE("a dot with two values is told, and ends the same everywhere") {
    texts a, b;
    a.set(1, "one");
    b.set(1, "two"); // the same replica id
    auto const ours = a;
    CHECK(a.join(b) == effect::reused);
    CHECK(b.join(ours) == effect::reused);
    CHECK(a == b);
}
