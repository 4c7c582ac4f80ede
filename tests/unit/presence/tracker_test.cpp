#include "support/catch.hpp"
#include "support/resident_memory.hpp"
#include "tracker_world.hpp"

#include <string>

using namespace tracker_world;

TEST_CASE("tracker: a user has an entry for each client, and comes and goes with the first and the last") {
    world w;
    REQUIRE(w.tracker.watch("lobby"));
    CHECK(w.enter("ann", "a1", R"({"name":"Ann"})"));
    CHECK(w.read() == "1 +ann/a1 {\"name\":\"Ann\"} first; joined ann; ");
    CHECK(w.enter("ann", "a2"));
    CHECK(w.read() == "2 +ann/a2 null; ");
    CHECK(w.enter("ben", "b1"));
    CHECK(w.read() == "3 +ben/b1 null first; joined ben; ");
    CHECK(w.tracker.count("lobby") == presence_counts{3, 2});

    CHECK(w.tracker.untrack("lobby", {"ann", "a1"}));
    CHECK(w.read() == "4 -ann/a1; ");
    CHECK(w.tracker.untrack("lobby", {"ann", "a2"}));
    CHECK(w.read() == "5 -ann/a2 last; left ann; ");
    CHECK_FALSE(w.tracker.untrack("lobby", {"ann", "a2"}));
    CHECK(w.read().empty());
    CHECK(w.tracker.count("lobby") == presence_counts{1, 1});
    CHECK(w.tracker.list("lobby").revision == 5);
    CHECK(w.names() == "ben/b1 ");
}

TEST_CASE("tracker: a change of state is one entry that names the one it replaces") {
    world w;
    w.tracker.watch("lobby");
    w.enter("ann", "a", "1");
    auto const first = w.tracker.list("lobby").members.at(0);
    CHECK(w.tracker.update("lobby", {"ann", "a"}, "2"));
    CHECK(w.last_refs == std::pair{first.ref + 1, first.ref});
    CHECK(w.read() == "1 +ann/a 1 first; joined ann; 2 +ann/a 2; ");
    CHECK(w.tracker.list("lobby").members.at(0).since == first.since);
    CHECK(w.enter("ann", "a", "2")); // says nothing new
    CHECK(w.enter("ann", "a"));
    CHECK(w.read().empty());
    CHECK_FALSE(w.tracker.update("lobby", {"ben", "b"}, "2"));
    CHECK(w.names() == "ann/a ");
}

TEST_CASE("tracker: who comes back within the grace window never left") {
    world w;
    w.tracker.watch("lobby");
    w.enter("ann", "a", "1");
    w.read();
    CHECK(w.tracker.drop("lobby", {"ann", "a"}));
    w.pass(w.grace - 1ms);
    CHECK(w.enter("ann", "a"));
    w.pass(w.grace * 2);
    CHECK(w.read().empty());
    CHECK(w.tracker.list("lobby").members.at(0).state == "1");

    w.tracker.drop("lobby", {"ann", "a"});
    w.pass(w.grace - 1ms);
    CHECK(w.read().empty());
    CHECK(w.tracker.drop("lobby", {"ann", "a"})); // does not begin anew
    w.pass(1ms);
    CHECK(w.read() == "2 -ann/a last; left ann; ");
    CHECK_FALSE(w.tracker.drop("lobby", {"ann", "a"}));

    SECTION("without a grace window it leaves at once") {
        world hasty{{.times = {.grace = 0ms, .coalesce = 0ms}}};
        hasty.tracker.watch("lobby");
        hasty.enter("ann", "a");
        hasty.tracker.drop("lobby", {"ann", "a"});
        CHECK(hasty.read() == "1 +ann/a null first; joined ann; 2 -ann/a last; left ann; ");
    }
    SECTION("who said when it would be back is waited for no longer") {
        w.enter("ann", "a");
        w.enter("ben", "b");
        w.read();
        w.tracker.drop("lobby", {"ben", "b"}, 1h);
        w.tracker.drop("lobby", {"ann", "a"}, 2s);
        w.pass(2s - 1ms);
        CHECK(w.read().empty());
        w.pass(w.grace / 16);
        CHECK(w.read() == "5 -ann/a last; left ann; ");
        w.pass(w.grace - w.grace / 16 - 2s);
        CHECK(w.read().empty());
        w.pass(1ms);
        CHECK(w.read() == "6 -ben/b last; left ben; ");
        w.enter("ann", "a");
        w.read();
        w.tracker.drop("lobby", {"ann", "a"}, 0s);
        CHECK(w.read() == "8 -ann/a last; left ann; ");
    }
    SECTION("who was dropped may still leave") {
        w.enter("ann", "a");
        w.tracker.drop("lobby", {"ann", "a"});
        w.read();
        CHECK(w.tracker.untrack("lobby", {"ann", "a"}));
        CHECK(w.read() == "4 -ann/a last; left ann; ");
    }
}

TEST_CASE("tracker, threat D8: what an older connection of a client says has no effect") {
    world w;
    w.tracker.watch("lobby");
    REQUIRE(w.tracker.track("lobby", {"ann", "a", 1}, "1"));
    REQUIRE(w.tracker.track("lobby", {"ann", "a", 2}));
    w.read();
    CHECK_FALSE(w.tracker.drop("lobby", {"ann", "a", 1}));
    CHECK_FALSE(w.tracker.untrack("lobby", {"ann", "a", 1}));
    CHECK_FALSE(w.tracker.update("lobby", {"ann", "a", 1}, "2"));
    CHECK_FALSE(w.tracker.touch("lobby", {"ann", "a", 1}));
    CHECK(w.tracker.track("lobby", {"ann", "a", 1}, "2").error() == presence_error::older_connection);
    // Another user's client of the same name is another client.
    REQUIRE(w.tracker.track("lobby", {"eve", "a", 2}));
    w.tracker.untrack("lobby", {"eve", "a", 2});
    w.pass(w.grace);
    CHECK(w.names() == "ann/a ");
    CHECK(w.tracker.list("lobby").members.at(0).state == "1");
    // Once the later one is lost, it may be the older one that lives.
    CHECK(w.tracker.drop("lobby", {"ann", "a", 2}));
    CHECK(w.tracker.track("lobby", {"ann", "a", 1}, "2"));
    // Numbers go round.
    CHECK(w.tracker.track("lobby", {"ann", "a", 1u << 31}));
    CHECK(w.tracker.track("lobby", {"ann", "a", 0}));
    CHECK_FALSE(w.tracker.track("lobby", {"ann", "a", ~0u}));
}

TEST_CASE("tracker: who shows no sign of life in time is gone") {
    world w{{.times = {.ttl = 10s, .coalesce = 0ms}}};
    w.tracker.watch("lobby");
    w.enter("ann", "a");
    w.enter("ben", "b");
    w.read();
    w.pass(6s);
    CHECK(w.tracker.touch("lobby", {"ann", "a"}));
    w.pass(4s);
    CHECK(w.read() == "3 -ben/b last; left ben; ");
    w.tracker.drop("lobby", {"ann", "a"});
    w.pass(9s);
    CHECK(w.tracker.touch("lobby", {"ann", "a"})); // no connection, no life
    w.pass(w.grace - 9s - 1ms);
    CHECK(w.read().empty());
    w.pass(1ms);
    CHECK(w.read() == "4 -ann/a last; left ann; ");
}

TEST_CASE("tracker: what happens within a window is told together, as far as it is still so") {
    world w{{.times = {.coalesce = 250ms}}};
    w.tracker.watch("lobby");
    w.enter("ann", "a", "1");
    CHECK(w.read() == "1 +ann/a 1 first; joined ann; "); // nothing came before, so at once
    auto const came = w.time.wall_time();
    w.enter("ben", "b");
    w.enter("ben", "b2");
    w.enter("cat", "c");
    w.tracker.untrack("lobby", {"cat", "c"});
    w.tracker.update("lobby", {"ann", "a"}, "2");
    w.tracker.update("lobby", {"ann", "a"}, "3");
    CHECK(w.read().empty());
    CHECK(w.names() == "ann/a "); // a newcomer is told the rest with the diff
    w.pass(250ms);
    CHECK(w.read() == "2 +ben/b2 null first +ben/b null first +ann/a 3; joined ben; ");
    w.tracker.untrack("lobby", {"ann", "a"});
    w.enter("ann", "a", "3");
    w.tracker.untrack("lobby", {"ben", "b2"});
    w.enter("ben", "b3");
    w.pass(250ms);
    CHECK(w.read() == "3 +ben/b3 null -ben/b2; ");
    for (auto const& m : w.tracker.list("lobby").members)
        CHECK((m.user != "ann" || m.since == came)); // nobody was told that she left
    w.pass(250ms);
    w.tracker.untrack("lobby", {"ann", "a"});
    CHECK(w.read() == "4 -ann/a last; left ann; ");
}

TEST_CASE("tracker, threat D8: a flood of changes costs others one diff in a window") {
    world w{{.times = {.coalesce = 250ms}}};
    w.tracker.watch("lobby");
    for (int i = 0; i < 1000; ++i) {
        w.enter("ann", "a", std::to_string(i));
        w.pass(1ms);
    }
    w.pass(250ms);
    CHECK(w.diffs <= 6);
    CHECK(w.tracker.list("lobby").members.at(0).state == "999");
}

TEST_CASE("tracker: beyond the limit members are counted, not listed") {
    world w{{.limits = {.members = 2}, .times = {.coalesce = 0ms}}};
    w.tracker.watch("lobby");
    w.enter("ann", "a");
    w.enter("ben", "b");
    w.read();
    w.enter("cat", "c");
    w.enter("cat", "c", "1");
    CHECK(w.read() == "joined cat; ");
    CHECK(w.tracker.count("lobby") == presence_counts{3, 3});
    CHECK(w.tracker.list("lobby").unlisted == 1);
    w.tracker.untrack("lobby", {"ben", "b"});
    CHECK(w.read() == "3 -ben/b last; left ben; ");
    w.enter("cat", "c", "2"); // there is a place now
    CHECK(w.read() == "4 +cat/c 2 first; ");
    w.tracker.untrack("lobby", {"cat", "c"});
    CHECK(w.read() == "5 -cat/c last; left cat; ");
}

TEST_CASE("tracker, threat D8: limits refuse and change nothing") {
    world w{{.limits = {.state = 4, .connections = 2, .channels = 2}, .times = {.coalesce = 0ms}}};
    CHECK(w.tracker.track("", {"u", "c"}).error() == presence_error::invalid_name);
    CHECK(w.tracker.track("r", {"", "c"}).error() == presence_error::invalid_name);
    CHECK(w.tracker.track("r", {"u", std::string(256, 'x')}).error() == presence_error::invalid_name);
    CHECK(w.tracker.track("r", {"u", "c"}, "12345").error() == presence_error::state_too_large);
    CHECK(w.tracker.channel_count() == 0);
    CHECK(w.tracker.track("r", {"u", "1"}));
    CHECK_FALSE(w.tracker.update("r", {"u", "1"}, "12345"));
    CHECK(w.tracker.track("r", {"u", "2"}));
    CHECK(w.tracker.track("r", {"u", "3"}).error() == presence_error::too_many_connections);
    CHECK(w.tracker.track("r", {"u", "2"}, "1"));
    CHECK(w.tracker.track("r2", {"u", "2"}));
    CHECK(w.tracker.track("r3", {"u", "2"}).error() == presence_error::too_many_channels);
    CHECK_FALSE(w.tracker.watch("r3"));
    CHECK(w.tracker.channel_count() == 2);
    CHECK(make_error_code(presence_error::too_many_channels) == condition::too_large);
}

TEST_CASE("tracker: who left makes room at once, also where it is not told yet") {
    world w{{.limits = {.connections = 2}, .times = {.coalesce = 250ms}}};
    w.tracker.watch("lobby");
    CHECK(w.enter("ann", "1"));
    CHECK(w.enter("ann", "2"));
    CHECK(w.tracker.untrack("lobby", {"ann", "1"}));
    CHECK(w.enter("ann", "3"));
    CHECK_FALSE(w.enter("ann", "1"));
    CHECK(w.enter("ann", "2", "4")); // is one of the two
    w.pass(250ms);
    CHECK(w.read() == "1 +ann/1 null first; joined ann; 2 +ann/3 null +ann/2 4 -ann/1; ");
}

TEST_CASE("tracker, threat D8: a flood of clients within a window is not kept") {
    world w{{.times = {.coalesce = 250ms}}};
    w.tracker.watch("lobby");
    w.enter("ann", "a");
    auto const before = test::allocated_memory();
    for (int i = 0; i < 1000; ++i) {
        auto const client = std::to_string(i);
        w.enter("ann", client);
        w.tracker.untrack("lobby", {"ann", client});
    }
    CHECK(test::allocated_memory() < before + 16 * 1024);
    w.pass(250ms);
    CHECK(w.diffs == 1);
    CHECK(w.names() == "ann/a ");
}

TEST_CASE("tracker: a channel stays while somebody is in it or watches") {
    world w{{.times = {.coalesce = 250ms}}};
    w.tracker.watch("lobby");
    w.enter("ann", "a");
    w.tracker.untrack("lobby", {"ann", "a"});
    w.pass(250ms);
    CHECK(w.tracker.list("lobby").revision == 2);
    w.tracker.unwatch("lobby");
    w.tracker.unwatch("lobby");
    w.pass(250ms);
    CHECK(w.tracker.channel_count() == 0);
    w.tracker.watch("lobby");
    w.tracker.unwatch("lobby");
    CHECK(w.tracker.channel_count() == 0);
    w.enter("ann", "a"); // nobody watches
    CHECK(w.diffs == 2);
    CHECK(w.tracker.channel_count() == 1);
}
