#include <unisono/crdt/encoding.hpp>
#include <unisono/crdt/g_set.hpp>
#include <unisono/crdt/lww_element_set.hpp>
#include <unisono/crdt/or_set.hpp>
#include <unisono/crdt/two_phase_set.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <compare>
#include <string>

using namespace unisono;
using namespace unisono::crdt;
using tags = or_set<std::string>;

namespace {

/// A number that counts how often numbers are compared.
struct counted {
    int n = 0;

    static inline int comparisons = 0;
    friend bool operator==(counted, counted) = default;
    friend auto operator<=>(counted a, counted b) {
        ++comparisons;
        return a.n <=> b.n;
    }
};

} // namespace

template <>
struct unisono::crdt::value_traits<counted> {
    static constexpr auto tag = type_tag::first_of_host;
    static void write(state_writer& out, counted value) { out.sint(value.n); }
    static counted read(state_reader& in) { return {static_cast<int>(in.sint())}; }
    static void write_json(json::writer& json, counted value) { json.int64(value.n); }
};

TEST_CASE("a growing set is the union") {
    g_set<int> a, b;
    a.add(3);
    b.add(1);
    CHECK(a.join(b) == effect::changed);
    CHECK(a.join(b) == effect::none);
    CHECK(to_json(a) == "[1,3]");
}

TEST_CASE("what a two-phase set has removed never comes back") {
    two_phase_set<std::string> a, b;
    a.add("x");
    b.join(a);
    b.remove("x");
    a.add("x");
    a.join(b);
    CHECK_FALSE(a.contains("x"));
    a.add("x");
    CHECK_FALSE(a.contains("x"));
    a.remove("y");
    CHECK(a.join(two_phase_set<std::string>{}.add("y")) == effect::none);
    CHECK(to_json(a) == "[]");
}

TEST_CASE("who adds wins over who removes at the same time") {
    tags a, b;
    a.add(1, "x");
    b.join(a);
    a.remove("x");
    b.add(2, "x");
    a.join(b);
    b.join(a);
    CHECK(a == b);
    CHECK(a.contains("x"));
}

TEST_CASE("what one removes and nobody adds anew is gone everywhere") {
    tags a, b;
    a.add(1, "x");
    b.join(a);
    b.join(a.remove("x"));
    CHECK_FALSE(b.contains("x"));
    CHECK(b == a);
    CHECK(a.remove("x") == tags{});
}

TEST_CASE("an element goes that each side holds under a dot the other has seen go") {
    auto const first = tags{}.add(1, "x");
    auto const second = tags{}.add(2, "x");
    causal_context both = first.context();
    both.join(second.context());
    tags a{first.store(), both};
    tags const b{second.store(), both};
    CHECK(a.contains("x"));
    CHECK(b.contains("x"));
    CHECK(a.join(b) == effect::changed);
    CHECK_FALSE(a.contains("x"));
}

TEST_CASE("a set leaves nothing behind of what was removed") {
    tags a;
    for (int i = 0; i != 1000; ++i) {
        a.add(1, std::to_string(i));
        a.remove(std::to_string(i));
    }
    CHECK(a.size() == 0);
    CHECK(encode(a).size() < 16);
}

TEST_CASE("deltas of a set come in any order") {
    tags a;
    auto const added = a.add(1, "x");
    auto const again = a.add(1, "x");
    auto const removed = a.remove("x");
    tags b;
    b.join(removed);
    CHECK(b.join(again) == effect::changed); // that it took the place of another one is news
    CHECK(b.join(added) == effect::none);
    CHECK_FALSE(b.contains("x"));
    CHECK(b == a);
}

TEST_CASE("a dot under two elements is told, and ends the same everywhere") {
    tags a, b;
    a.add(1, "x");
    b.add(1, "y"); // the same replica id
    auto const ours = a;
    CHECK(a.join(b) == effect::reused);
    CHECK(b.join(ours) == effect::reused);
    CHECK(a == b);
}

TEST_CASE("what is missing is exactly what was not seen") {
    tags a, b;
    a.add(1, "kept");
    a.add(1, "removed");
    b.join(a);
    a.remove("removed");
    a.add(1, "new");
    auto const missing = a.missing_from(b.context());
    CHECK(missing.size() == 1);
    CHECK(missing.contains("new"));
    b.join(missing);
    CHECK(b == a);
}

TEST_CASE("joining a delta takes as long as the delta is large") {
    or_set<counted> a, b;
    for (int i = 0; i != 1000; ++i)
        a.add(1, {i});
    b.join(a);
    auto const added = a.add(1, {2000});
    auto const removed = a.remove({500});
    counted::comparisons = 0;
    b.join(added);
    b.join(removed);
    CHECK(counted::comparisons < 50);
    CHECK(b == a);
}

TEST_CASE("whoever claims to have seen any number of changes costs no more than his bytes") {
    // Replica 1 has made changes 1 to 2^47, of which nothing is there.
    auto const claim = decode<tags>(test::from_hex("010a44 0101 0101ffffffffffff1f 00"));
    REQUIRE(claim);
    tags a;
    a.add(1, "x");
    a.add(2, "y");
    CHECK(a.join(*claim) == effect::changed);
    CHECK(to_json(a) == R"(["y"])");
}

TEST_CASE("a copy of a set is joined as the original is") {
    tags a, b;
    a.add(1, "x");
    tags const removal = tags{a}.remove("x");
    b = a;
    b.join(removal);
    CHECK(b.size() == 0);
    CHECK(a.size() == 1);
}

TEST_CASE("the last change of an element counts, and the bias between equal times") {
    lww_element_set<std::string> a, b;
    a.add({1, 0, 1}, "x");
    b.remove({2, 0, 2}, "x");
    CHECK(a.join(b) == effect::changed);
    CHECK_FALSE(a.contains("x"));
    CHECK(a.latest() == timestamp{2, 0, 2});
    a.add({2, 0, 1}, "x");
    CHECK(a.contains("x"));
    CHECK(b.join(a) == effect::changed);
    CHECK(b == a);
    CHECK(to_json(b) == R"(["x"])");

    lww_element_set<std::string, lww_bias::remove> c;
    c.remove({2, 0, 1}, "x");
    c.add({2, 0, 2}, "x");
    CHECK_FALSE(c.contains("x"));
}

TEST_CASE("two changes under one timestamp are told") {
    lww_element_set<int> a, b;
    a.add({1, 0, 1}, 5);
    b.remove({1, 0, 1}, 5);
    CHECK(a.join(b) == effect::reused);
    CHECK(b.join(a) == effect::reused);
    CHECK(a == b);
}
