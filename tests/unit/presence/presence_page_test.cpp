// The examples of docs/presence.md, compiled and run. structure/page_examples_test.py checks that the
// sections named here show what stands here.
#include <unisono/presence/replicator.hpp>

#include "support/catch.hpp"

#include <optional>
#include <string_view>

// presence.md: On one node
// presence.md: On several nodes
TEST_CASE("presence: the examples of its page") {
    // clang-format off
    unisono::presence_tracker tracker{{
        .events = {
            .diff = [](unisono::presence_diff const&) { /* to those who watch its channel */ },
            .user_joined = [](std::string_view /*channel*/, std::string_view /*user*/) {},
            .user_left = [](std::string_view /*channel*/, std::string_view /*user*/) {},
        },
    }};

    unisono::presence_key const ann{.user = "ann", .client = "tab-1"};

    tracker.watch("lobby");
    auto const entered = tracker.track("lobby", ann, R"({"status":"here"})"); // false: a limit
    tracker.update("lobby", ann, R"({"status":"away"})");
    tracker.drop("lobby", ann);                        // its connection was lost
    auto const returned = tracker.track("lobby", ann); // it is back: nobody was told
    tracker.untrack("lobby", ann);
    tracker.advance(); // several times a second
    // clang-format on
    CHECK(entered);
    CHECK(returned);
}

TEST_CASE("presence: the example of its page on several nodes") {
    unisono::presence_tracker tracker;
    unisono::bytes_view const bytes;
    // clang-format off
    unisono::presence_replicator cluster{tracker, [](auto /*to*/, unisono::bytes_view) {
        /* to one, or to all others */
    }};

    auto const understood = cluster.receive(bytes); // false: that was no message
    cluster.advance(); // along with tracker.advance()
    cluster.leave();   // before this node goes
    // clang-format on
    CHECK_FALSE(understood);
}
