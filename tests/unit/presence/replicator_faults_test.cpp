#include <unisono/codec/error.hpp>
#include <unisono/presence/detail/message.hpp>

#include "replicator_world.hpp"
#include "support/catch.hpp"

#include <string>
#include <tuple>
#include <utility>

using namespace replicator_world;

TEST_CASE("presence replicator: what got lost is asked for") {
    cluster c{2};
    c.pass(3s);
    std::string all;
    for (int i = 0; i < 20; ++i) {
        auto const client = "a" + std::to_string(i);
        REQUIRE(c[0].tracker.track("lobby", ann(client), std::to_string(i)));
        c[0].replicator.advance();
        if (i % 3 == 0)
            c.wire.clear();
        c.pass(100ms);
        if (i % 4 == 0) {
            c[0].tracker.untrack("lobby", ann(client));
            c.time.advance(100ms);
            c[0].replicator.advance();
            c.wire.clear();
        }
    }
    c.pass(5s);
    CHECK(c[1].tracker.list("lobby").members.size() == 15);
    CHECK(c.wire.empty());
}

TEST_CASE("presence replicator: who left after a move does not come back with the node it came from") {
    cluster c{3};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    c.pass(200ms);
    c.crash(0);
    REQUIRE(c[1].tracker.track("lobby", ann("a")));
    REQUIRE(c[1].tracker.untrack("lobby", ann("a")));
    c.pass(60s); // longer than it takes until that node is known to be down
    CHECK(c[1].read() == "+a=null! -a! ");
    CHECK(c[2].read() == "+a=null! -a! ");
    c[1].tracker.unwatch("lobby");
    c.pass(21min);
    CHECK(c[1].tracker.channel_count() == 0);
}

TEST_CASE("presence replicator: what a claim was held against counts again when that is taken back") {
    cluster c{3};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    c.pass(200ms);
    c.cut = {0}; // it does not hear that its client moves and leaves
    REQUIRE(c[1].tracker.track("lobby", ann("a")));
    REQUIRE(c[1].tracker.untrack("lobby", ann("a")));
    c.pass(200ms);
    CHECK(c[2].read() == "+a=null! -a! ");
    c[1].replicator.leave();
    c.deliver();
    c.cut = {};
    c.pass(20s);
    CHECK(c[2].read() == "+a=null! ");
}

TEST_CASE("presence replicator: the latest claim counts, also within a millisecond") {
    cluster c{2};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    REQUIRE(c[1].tracker.track("lobby", ann("b")));
    c.pass(200ms);
    for (std::size_t i : {0, 1}) { // with equal stamps one of them would not be heard
        REQUIRE(c[i].tracker.track("lobby", ann(i == 0 ? "a" : "b"), "1"));
        c[i].replicator.advance();
    }
    c.deliver();
    REQUIRE(c[1].tracker.track("lobby", ann("a"), "2"));
    REQUIRE(c[0].tracker.track("lobby", ann("b"), "2"));
    c.pass(200ms);
    for (std::size_t i : {0, 1})
        for (auto const& m : c[i].tracker.list("lobby").members)
            CHECK(m.state == "2");
}

TEST_CASE("presence replicator: what was replaced does not seem to have left when messages are lost") {
    cluster c{2};
    std::string const state(100, '1');
    for (char name = 'a'; name < 'k'; ++name)
        REQUIRE(c[0].tracker.track("lobby", ann({&name, 1}), state));
    c.pass(1s);
    c[1].read();
    for (char name = 'a'; name < 'k'; ++name)
        REQUIRE(c[0].tracker.update("lobby", ann({&name, 1}), "2" + state));
    auto parts = c.take_from(0);
    REQUIRE(parts.size() > 2);
    parts.pop_front();
    c.wire = std::move(parts);
    c.pass(5s);
    auto const told = c[1].read();
    CHECK(told.find('-') == told.npos);
    for (auto const& m : c[1].tracker.list("lobby").members)
        CHECK(m.state == "2" + state);
}

TEST_CASE("presence replicator: what was taken back before it was heard of does not come") {
    cluster c{2};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    auto late = c.take_from(0);
    REQUIRE(c[0].tracker.untrack("lobby", ann("a")));
    c.wire = c.take_from(0);
    c.deliver();
    c.wire = std::move(late);
    c.pass(10s);
    CHECK(c[1].read().empty());
}

TEST_CASE("presence replicator: a client that moves is not told when it is heard of late") {
    cluster c{3};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    c.pass(200ms);
    c[2].read();
    REQUIRE(c[1].tracker.track("lobby", ann("a")));
    auto late = c.take_from(1);
    REQUIRE(c[0].replicator.receive(late.front().bytes));
    c.wire = c.take_from(0); // whatever it makes of that
    c.deliver();
    c.wire = std::move(late);
    c.deliver();
    CHECK(c[2].read().empty());
}

TEST_CASE("presence replicator: only what is not known is answered") {
    cluster c{2};
    for (char name = 'a'; name < 'z'; ++name)
        REQUIRE(c[0].tracker.track("lobby", ann({&name, 1}), std::string(100, '1')));
    c.pass(3s);
    c.answered = 0;
    REQUIRE(c[0].tracker.track("lobby", ann("z")));
    (void)c.take_from(0);
    c.pass(3s);
    CHECK(c[1].tracker.count("lobby").clients == 26);
    CHECK(c.answered < 300);
}

TEST_CASE("presence replicator: a node from which something is missing counts as silent") {
    cluster c{2};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    c.pass(3s);
    REQUIRE(c[0].tracker.update("lobby", ann("a"), "1"));
    (void)c.take_from(0);
    c.answers = false;
    c.pass(20s + 15s + 1s);
    CHECK(c[1].read() == "+a=null! -a! ");
    c.answers = true;
    c.pass(3s);
    CHECK(c[1].read() == "+a=1! ");
}

TEST_CASE("presence replicator, threat E1: so many nodes are known, and their numbers are used again") {
    manual_clock time;
    presence_tracker tracker{{.clock = &time}};
    presence_replicator replicator{tracker, [](auto, auto) {}, {.forget_after = 1s, .nodes = 2'000}};
    auto const hear = [&](std::uint64_t from, detail::presence_entry const* claim = nullptr) {
        byte_buffer bytes;
        detail::begin_presence_message(bytes, {.from = from, .number = 1, .clock = claim ? claim->dot : 0},
                                       claim ? 1 : 0);
        if (claim)
            detail::append_presence_claim(bytes, *claim);
        return replicator.receive(bytes);
    };
    constexpr std::uint64_t numbers = 65'535; // to tell nodes apart, beside this one's
    for (std::uint64_t from = 1; from <= numbers; ++from) {
        REQUIRE(hear(from));
        if (from % 2'000 != 0)
            continue;
        CHECK(hear(numbers + 1).error() == codec_error::too_large);
        time.advance(1s);
        replicator.advance();
        CHECK(replicator.nodes_up() == 0);
    }
    detail::presence_channel_node channel{"lobby", {}};
    detail::presence_user_node user{"ann", {}};
    user.second.channel = &channel;
    auto& claim = detail::presence_entry::create(user, "a");
    claim.dot = 1;
    CHECK(hear(numbers + 1, &claim));
    CHECK(tracker.list("lobby").members.size() == 1);
    CHECK_FALSE(tracker.untrack("lobby", ann("a"))); // not its own
    detail::presence_entry::destroy(user.second.entries);
}

TEST_CASE("presence replicator: a late copy does not bring back a node that went") {
    cluster c{2};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    c.time.advance(100ms);
    c[0].replicator.advance();
    auto const copy = c.wire.front();
    c.deliver();
    SECTION("it said so") {
        c[0].replicator.leave();
        c.deliver();
    }
    SECTION("it fell silent") {
        c.crash(0);
    }
    c.pass(40s);
    CHECK(c[1].read() == "+a=null! -a! ");
    REQUIRE(c[1].replicator.receive(copy.bytes));
    c.pass(1s);
    CHECK(c[1].read().empty());
}

TEST_CASE("presence replicator, threat E3: after a partition all agree within five seconds") {
    cluster c{3};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    REQUIRE(c[0].tracker.track("lobby", ann("b")));
    c.pass(200ms);
    c[2].read();
    c.cut = {2};
    c[0].tracker.untrack("lobby", ann("a"));
    REQUIRE(c[2].tracker.track("lobby", {"ben", "c"}));
    auto const is_long = GENERATE(false, true);
    c.pass(is_long ? 10min : 10s);
    CHECK(c[2].read() == (is_long ? "+c=null! -b! -a! " : "+c=null! "));
    REQUIRE(c[1].tracker.track("lobby", ann("d")));
    c.cut = {};
    c.pass(5s);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(c[i].tracker.count("lobby") == presence_counts{3, 2});
}

TEST_CASE("presence replicator, threat E1: bytes that are no message change nothing") {
    cluster c{2};
    REQUIRE(c[0].tracker.track("lobby", ann("a"), "{}"));
    c.time.advance(100ms);
    c[0].replicator.advance();
    auto const good = c.wire.front().bytes;
    c.wire.clear();
    auto& other = c[1].replicator;
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(other.receive(bytes_view{good}.first(size)));
    auto longer = good;
    longer.push_back({});
    CHECK_FALSE(other.receive(longer));
    CHECK(other.nodes_up() == 0);
    auto const look = [&] {
        return std::tuple{other.nodes_up(), c[1].tracker.channel_count(), c[1].tracker.count("lobby"),
                          c[1].tracker.list("lobby").revision};
    };
    seeded_random random{3};
    int refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        auto bytes = good;
        for (auto n = random.below(4); n-- != 0;)
            bytes[random.below(bytes.size())] ^= std::byte{static_cast<unsigned char>(random.below(256))};
        auto const before = look();
        if (other.receive(bytes))
            continue;
        ++refused;
        if (look() != before)
            FAIL("message " << i << " was refused and changed something");
    }
    CHECK(refused > 1'000);
    c.pass(3s);
    CHECK(c[0].tracker.count("lobby").users >= 1);
}

TEST_CASE("presence replicator: who is answered does not keep from others what was taken back") {
    cluster c{3};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    c.pass(200ms);
    c[2].read();
    c[0].tracker.untrack("lobby", ann("a"));
    byte_buffer question;
    detail::begin_presence_message(question,
                                   {.what = detail::presence_message::kind::ask,
                                    .from = c[1].replicator.id(),
                                    .number = 1'000,
                                    .to = c[0].replicator.id()},
                                   0);
    REQUIRE(c[0].replicator.receive(question));
    c.pass(200ms);
    CHECK(c[2].read() == "-a! ");
}

TEST_CASE("presence replicator: who is silent is not asked") {
    cluster c{2};
    c.pass(3s);
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    (void)c.take_from(0);
    c.answers = false;
    c.pass(3s); // it is heard, and that something is missing
    c.crash(0);
    c.pass(30s);
    c.directed = 0;
    c.pass(5s);
    CHECK(c.directed == 0);
}

TEST_CASE("presence replicator: who was there since another time is told anew") {
    cluster c{3};
    REQUIRE(c[0].tracker.track("lobby", ann("a")));
    c.cut = {1};
    c.pass(200ms);
    REQUIRE(c[1].tracker.track("lobby", ann("a")));
    c.cut = {};
    c.pass(3s);
    CHECK(c[2].read() == "+a=null! *a=null ");
}

TEST_CASE("presence replicator: a claim that somebody left goes with the claim that they are here") {
    cluster c{2};
    REQUIRE(c[0].tracker.track("attic", ann("a")));
    c.pass(200ms);
    REQUIRE(c[1].tracker.track("attic", ann("a")));
    REQUIRE(c[1].tracker.untrack("attic", ann("a")));
    c.pass(200ms);
    CHECK(c[1].tracker.channel_count() == 2);
    c.pass(15s);
    CHECK(c[1].tracker.channel_count() == 1);
}
