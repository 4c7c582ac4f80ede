#include <unisono/crdt/causal_counter.hpp>
#include <unisono/crdt/encoding.hpp>
#include <unisono/crdt/g_counter.hpp>
#include <unisono/crdt/pn_counter.hpp>

#include "support/catch.hpp"

using namespace unisono;
using namespace unisono::crdt;

TEST_CASE("a counter adds up what replicas count at the same time") {
    g_counter a, b;
    a.increment(1);
    b.increment(2, 5);
    CHECK(a.join(b) == effect::changed);
    CHECK(a.join(b) == effect::none);
    CHECK(a.value() == 6);
    CHECK(to_json(a) == "6");
}

TEST_CASE("a count that is told twice and in another order counts once") {
    pn_counter a, b;
    auto const first = a.increment(1);
    auto const second = a.increment(1, 4);
    auto const third = a.decrement(1, 2);
    for (auto const* delta : {&third, &second, &first, &second})
        b.join(*delta);
    CHECK(b.value() == 3);
    CHECK(b == a);
}

TEST_CASE("counting nothing changes nothing") {
    g_counter a;
    CHECK(a.increment(1, 0) == g_counter{});
    CHECK(a == g_counter{});
}

TEST_CASE("what one replica counts ends where numbers do") {
    g_counter a;
    a.increment(1, UINT64_MAX);
    CHECK(a.value() == (std::int64_t{1} << 53) - 1);
    CHECK(a.increment(1).value() == a.value());
    CHECK(decode<g_counter>(encode(a)).value() == a);

    for (replica_id replica = 2; replica != 3000; ++replica)
        a.increment(replica, UINT64_MAX);
    CHECK(a.value() == INT64_MAX);
}

TEST_CASE("a reset takes back what it has seen; who counts at the same time keeps his number") {
    causal_counter a, b;
    a.increment(1, 5);
    b.join(a);
    b.increment(2, 3);
    a.join(b);
    CHECK(a.value() == 8);

    a.reset();
    CHECK(a.value() == 0);
    b.increment(2);
    a.join(b);
    b.join(a);
    CHECK(a == b);
    CHECK(a.value() == 4); // 3 were counted before the reset, in the same number

    a.decrement(1, 6);
    CHECK(a.value() == -2);
}

TEST_CASE("a causal counter holds one number per replica, however often it counts") {
    causal_counter a;
    for (int i = 0; i != 1000; ++i)
        a.increment(1);
    CHECK(a.value() == 1000);
    CHECK(a.store().entries().size() == 1);
    CHECK(a.context().ranges().size() == 1);
}
