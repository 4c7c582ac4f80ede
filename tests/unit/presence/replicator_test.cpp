#include "replicator_world.hpp"
#include "support/catch.hpp"

#include <string>

using namespace replicator_world;

TEST_CASE("presence replicator: what one node tracks is told by all") {
    cluster c{3};
    REQUIRE(c[0].tracker.track("lobby", ann("a1"), "1"));
    REQUIRE(c[1].tracker.track("lobby", ann("a2")));
    c.pass(200ms);
    CHECK(c[2].read() == "+a1=1! +a2=null ");
    CHECK(c[2].tracker.count("lobby") == presence_counts{2, 1});
    CHECK(c[2].replicator.nodes_up() == 2);

    c[0].tracker.update("lobby", ann("a1"), "2");
    c[1].tracker.untrack("lobby", ann("a2"));
    c.pass(200ms);
    CHECK(c[2].read() == "*a1=2 -a2 ");
    CHECK(c[0].tracker.list("lobby").members.at(0).since == c[2].tracker.list("lobby").members.at(0).since);

    auto& late = c.start();
    c.pass(3s);
    CHECK(late.read() == "+a1=2! ");
    CHECK_FALSE(late.tracker.untrack("lobby", ann("a1"))); // not its own
}

TEST_CASE("presence replicator: a client that moves to another node in time is not told") {
    cluster c{3};
    REQUIRE(c[0].tracker.track("lobby", ann("a"), "1"));
    c.pass(200ms);
    for (std::size_t i = 0; i < 3; ++i)
        c[i].read();
    SECTION("after it was lost") {
        c[0].tracker.drop("lobby", ann("a"));
    }
    SECTION("when it is not known to be lost yet") {}
    SECTION("because its node goes") {
        c[0].replicator.leave();
    }
    SECTION("because its node has crashed") {
        c.crash(0);
    }
    c.pass(5s);
    REQUIRE(c[1].tracker.track("lobby", ann("a")));
    c.pass(200ms);
    if (c.nodes[0])
        c[0].tracker.drop("lobby", ann("a"));
    c.pass(60s);
    for (std::size_t i = 1; i < 3; ++i) {
        CHECK(c[i].read().empty());
        CHECK(c[i].tracker.list("lobby").members.at(0).state == "1");
    }
    c[1].tracker.untrack("lobby", ann("a"));
    c.pass(200ms);
    CHECK(c[2].read() == "-a! ");
}

TEST_CASE("presence replicator, threat D8: what a client says on the node it has left has no effect") {
    cluster c{3};
    REQUIRE(c[0].tracker.track("lobby", ann("a"), "1"));
    c.pass(200ms);
    REQUIRE(c[1].tracker.track("lobby", ann("a"), "2"));
    c.pass(200ms);
    c[2].read();
    CHECK_FALSE(c[0].tracker.update("lobby", ann("a"), "3"));
    CHECK_FALSE(c[0].tracker.touch("lobby", ann("a")));
    CHECK_FALSE(c[0].tracker.untrack("lobby", ann("a")));
    CHECK_FALSE(c[0].tracker.drop("lobby", ann("a"), 0s));
    // But it may come back there, with any connection once the latest has left.
    REQUIRE(c[0].tracker.track("attic", {"ann", "a", 1}));
    c.pass(200ms);
    REQUIRE(c[1].tracker.track("attic", {"ann", "a", 5}));
    c.pass(200ms);
    REQUIRE(c[0].tracker.track("attic", {"ann", "a", 2}));
    REQUIRE(c[0].tracker.untrack("attic", {"ann", "a", 2}));
    CHECK(c[0].tracker.track("attic", {"ann", "a", 1}));
    c.pass(60s);
    CHECK(c[2].read().empty());
    CHECK(c[1].tracker.update("lobby", ann("a"), "4"));
    c.pass(200ms);
    CHECK(c[2].read() == "*a=4 ");
}

TEST_CASE("presence replicator: a node that left says and hears nothing more") {
    cluster c{2};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    auto late = c.take_from(0);
    c[0].replicator.leave();
    c.deliver();
    REQUIRE(c[0].tracker.track("lobby", ann("b")));
    CHECK(c.take_from(0).empty());
    c.wire = std::move(late); // to those who were told, too
    c.pass(3s);
    CHECK(c[1].read().empty());
}

TEST_CASE("presence replicator: clients of a node that goes have the grace window") {
    cluster c{2};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    REQUIRE(c[0].tracker.track("attic", ann("a")));
    c.pass(200ms);
    c[1].read();
    auto grace = 15s;
    SECTION("it says so") {
        c[0].replicator.leave();
    }
    SECTION("it falls silent") {
        grace += 20s;
        c.crash(0);
    }
    c.pass(grace - 1s);
    CHECK(c[1].read().empty());
    c.pass(2s);
    CHECK(c[1].read() == "-a! ");
    CHECK(c[1].replicator.nodes_up() == 0);
    c.pass(21min);
    CHECK(c[1].tracker.channel_count() == 1);
}
