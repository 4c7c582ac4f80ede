// Connections without a protocol: when they write, and what they tell.
#include <unisono/net/connection.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/shard_thread.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using client = test::loopback_client;
using test::eventually;

namespace {

payload text(std::string_view t) {
    return payload{t};
}

/// What handlers saw.
struct record {
    std::atomic<int> drained{0};
    std::atomic<std::size_t> most_left{0}; ///< queued when on_drained() came
    std::atomic<int> closed{0};
};

class recording_handler final : public connection_handler {
public:
    explicit recording_handler(record& to, bool wants_to_know = true) : to_(to), wants_(wants_to_know) {}

    void on_data(connection&, mutable_bytes) override {}
    void on_drained(connection& c) override {
        to_.most_left = std::max(to_.most_left.load(), c.queued_bytes());
        ++to_.drained;
        if (!wants_)
            connection_handler::on_drained(c); // as a handler that does not override it
    }
    void on_closed(connection&, std::error_code) override { ++to_.closed; }

private:
    record& to_;
    bool wants_;
};

/// A shard whose connections have recording handlers.
struct fixture {
    record seen;
    bool wants_to_know = true;
    test::shard_thread loop;
    std::vector<std::shared_ptr<connection>> links; ///< in the order in which clients came; on the shard
    std::atomic<std::size_t> count{0};
    std::shared_ptr<listener> at = loop.listen([this](shard& home, tcp_socket socket) {
        links.push_back(std::make_shared<connection>(
            home, std::move(socket), std::make_unique<recording_handler>(seen, wants_to_know), 64 << 20));
        links.back()->start();
        ++count;
    });

    ~fixture() {
        loop.ask([&] {
            at->stop();
            links.clear();
        });
    }
    client connect(int receive_buffer = 0) {
        auto const before = count.load();
        client c{at->port(), receive_buffer};
        REQUIRE(eventually([&] { return count > before; }));
        return c;
    }
    /// In one turn of the loop: everything is queued before anything is flushed.
    void on_shard(std::function<void(connection&)> const& work, std::size_t which = 0) {
        loop.ask([&] { work(*links[which]); });
    }
    /// The loop was there since, and flushed what it would flush.
    void settle(client& other, std::size_t which) {
        on_shard([](connection& c) { c.send(text("settled")); }, which);
        REQUIRE(other.read(7) == "settled");
        on_shard([](connection&) {}, which); // and told
    }
};

} // namespace

TEST_CASE("a handler learns once that everything it queued has been written") {
    fixture f;
    auto c = f.connect();
    f.on_shard([](connection& link) {
        link.send(text("one "));
        link.send(text("two "));
        link.send_exempt(text("three"));
    });
    CHECK(c.read(13) == "one two three");
    CHECK(eventually([&] { return f.seen.drained == 1; }));
    f.on_shard([](connection& link) { link.send(text("lone")); });
    CHECK(c.read(4) == "lone");
    CHECK(eventually([&] { return f.seen.drained == 2; }));
    CHECK(f.seen.most_left == 0);
}

TEST_CASE("while the peer reads too slowly nothing is drained, and afterwards it is told once") {
    fixture f;
    auto c = f.connect(4 * 1024);
    auto other = f.connect();
    std::string const piece(1 << 20, 'x');
    f.on_shard([&](connection& link) {
        for (int i = 0; i < 16; ++i) // more than the operating system takes
            link.send(text(piece));
    });
    f.settle(other, 1);
    CHECK(f.seen.drained == 1); // the other's
    for (int i = 0; i < 16; ++i)
        REQUIRE((c.read(piece.size()) == piece));
    CHECK(eventually([&] { return f.seen.drained == 2; }));
    CHECK(f.seen.most_left == 0);
}

TEST_CASE("who does not want to know is not told, until it changes its mind") {
    fixture f;
    auto c = f.connect();
    f.on_shard([](connection& link) {
        link.watch_drained(false);
        link.send(text("a")); // alone
    });
    CHECK(c.read(1) == "a");
    f.on_shard([](connection& link) {
        link.send(text("b"));
        link.send(text("c")); // gathered
    });
    CHECK(c.read(2) == "bc");
    f.on_shard([](connection&) {}); // a turn later
    CHECK(f.seen.drained == 0);
    f.on_shard([](connection& link) {
        link.watch_drained(true);
        link.send(text("d"));
    });
    CHECK(c.read(1) == "d");
    CHECK(eventually([&] { return f.seen.drained == 1; }));
}

TEST_CASE("a handler that leaves on_drained() as it is costs one call") {
    fixture f;
    f.wants_to_know = false;
    auto c = f.connect();
    for (int i = 0; i < 5; ++i) {
        f.on_shard([](connection& link) { link.send(text("x")); });
        CHECK(c.read(1) == "x");
    }
    f.on_shard([](connection&) {});
    CHECK(f.seen.drained == 1);
}

TEST_CASE("a handler that takes over is told, whatever the one before it wanted") {
    fixture f;
    record next;
    auto c = f.connect();
    f.on_shard([&](connection& link) {
        link.watch_drained(false);
        link.hand_over(std::make_unique<recording_handler>(next));
    });
    f.on_shard([](connection& link) { link.send(text("x")); });
    CHECK(c.read(1) == "x");
    CHECK(eventually([&] { return next.drained == 1; }));
    CHECK(f.seen.drained == 0);
    c.close();
    CHECK(eventually([&] { return next.closed == 1; })); // `next` goes before the shard
}

TEST_CASE("of several windows the shortest counts, and the order stays") {
    fixture f;
    auto c = f.connect();
    auto other = f.connect();
    auto const say = [&](std::string_view what, std::chrono::milliseconds window) {
        f.on_shard([&](connection& link) { link.send(text(what), overflow::refuse, 0, window); });
    };
    constexpr auto longest = 1min; // which no test waits for
    say("first ", longest);
    CHECK(c.read(6) == "first "); // nothing left lately
    say("waits ", longest);
    f.settle(other, 1);
    CHECK(c.read_available().empty());
    say("short ", 20ms);
    CHECK(c.read(12) == "waits short ");
    // And again, now that both windows have begun; in either order.
    say("short again ", 20ms);
    say("long again ", longest);
    CHECK(c.read(23) == "short again long again ");
    say("waits again ", longest);
    f.settle(other, 1);
    CHECK(c.read_available().empty());
    say("at once", 0ms);
    CHECK(c.read(19) == "waits again at once");
}

TEST_CASE("a connection that closes is forgotten by every window it waited for") {
    fixture f;
    auto stays = f.connect();
    auto const say = [&](std::size_t which, std::chrono::milliseconds window) {
        f.on_shard([&](connection& link) { link.send(text("x"), overflow::refuse, 0, window); }, which);
    };
    constexpr auto longer = 100ms;
    say(0, longer); // the window begins
    CHECK(stays.read(1) == "x");
    say(0, longer);
    auto leaves = f.connect();
    say(1, longer); // waits for the longer one,
    say(1, 1ms);    // leaves with a shorter one,
    CHECK(leaves.read(2) == "xx");
    leaves.reset(); // and is gone before the longer one ends
    CHECK(eventually([&] { return f.seen.closed == 1; }));
    f.loop.ask([&] { f.links[1].reset(); });
    CHECK(stays.read(1) == "x"); // at the end of the longer window, which must not touch what is gone
}
