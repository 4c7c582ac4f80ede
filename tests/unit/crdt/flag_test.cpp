#include <unisono/crdt/disable_wins_flag.hpp>
#include <unisono/crdt/enable_wins_flag.hpp>
#include <unisono/crdt/encoding.hpp>

#include "support/catch.hpp"

using namespace unisono::crdt;

TEST_CASE("who enables wins over who disables at the same time") {
    enable_wins_flag a, b;
    CHECK_FALSE(a.enabled());
    a.enable(1);
    b.join(a);
    b.disable();
    CHECK_FALSE(b.enabled());
    a.enable(1);
    a.join(b);
    b.join(a);
    CHECK(a == b);
    CHECK(a.enabled());
    a.disable();
    b.join(a);
    CHECK(to_json(b) == "false");
}

TEST_CASE("who disables wins over who enables at the same time") {
    disable_wins_flag a, b;
    CHECK(a.enabled());
    a.disable(1);
    b.join(a);
    b.enable();
    CHECK(b.enabled());
    a.disable(1);
    a.join(b);
    b.join(a);
    CHECK(a == b);
    CHECK_FALSE(a.enabled());
    a.enable();
    b.join(a);
    CHECK(to_json(b) == "true");
}
