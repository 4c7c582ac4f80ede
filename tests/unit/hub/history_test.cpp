#include <unisono/hub/history.hpp>

#include "support/catch.hpp"

using namespace unisono;
using namespace std::chrono_literals;

namespace {

void say(history& h, std::string_view text, clock::time_point now = {}) {
    auto m = std::make_shared<message>();
    m->data = payload{text};
    m->offset = h.next_offset();
    h.append(m, now);
}

std::string texts(message_list const& messages) {
    std::string all;
    for (auto const& m : messages)
        all += m->data.text();
    return all;
}

} // namespace

TEST_CASE("history recovers everything after a position, or nothing") {
    history h{"e1", {.messages = 3}};
    for (auto t : {"a", "b", "c", "d", "e"})
        say(h, t);
    CHECK(h.top() == position{"e1", 5});
    CHECK(texts(*h.since({"e1", 3})) == "de");
    CHECK(texts(*h.since({"e1", 2})) == "cde");
    CHECK(texts(*h.since({"e1", 5})).empty());
    CHECK_FALSE(h.since({"e1", 1})); // b is gone
    CHECK_FALSE(h.since({"e1", 6})); // not yet said
    CHECK_FALSE(h.since({"e0", 5})); // another life
    CHECK(texts(*h.since({"e1", 2}, 3)) == "cde");
    CHECK_FALSE(h.since({"e1", 2}, 2)); // too much for one answer
    CHECK(texts(*h.after({"e1", 2}, 2)) == "cd");
    CHECK_FALSE(h.after({"e1", 1}, 2));
    CHECK(texts(h.last(2)) == "de");
    CHECK(texts(h.last(99)) == "cde");
}

TEST_CASE("history is bounded in bytes and time") {
    history by_bytes{"e", {.messages = 100, .bytes = 4}};
    for (auto t : {"aa", "bb", "cc"})
        say(by_bytes, t);
    CHECK(texts(by_bytes.last(9)) == "bbcc");

    history by_time{"e", {.ttl = 10s}};
    clock::time_point const start{};
    say(by_time, "a", start);
    say(by_time, "b", start + 8s);
    by_time.expire(start + 11s);
    CHECK(texts(by_time.last(9)) == "b");
    CHECK_FALSE(by_time.since({"e", 0}));
    by_time.expire(start + 60s);
    CHECK(by_time.empty());
    CHECK(by_time.since({"e", 2})->empty()); // nothing missed is a recovery
}

TEST_CASE("history that keeps nothing still counts") {
    history h{"e", {.messages = 0}};
    say(h, "a");
    CHECK(h.top().offset == 1);
    CHECK(h.empty());
    CHECK_FALSE(h.since({"e", 0}));
}

TEST_CASE("who reads the same stretch, or a part of it, shares one copy") {
    history h{"e", {.messages = 4}};
    for (auto t : {"a", "b", "c", "d"})
        say(h, t);
    auto const first = *h.since({"e", 1});
    auto const second = *h.since({"e", 1});
    CHECK(&first[0] == &second[0]);
    auto const shorter = *h.since({"e", 2});
    CHECK(&shorter[0] == &first[1]);
    CHECK(texts(shorter) == "cd");
    CHECK(texts(h.last(4)) == "abcd"); // longer: read anew
    say(h, "e");                       // "a" goes, places move
    CHECK(texts(*h.since({"e", 3})) == "de");
    CHECK(texts(*h.since({"e", 1})) == "bcde");
    CHECK(texts(first) == "bcd"); // what was read stays
}

TEST_CASE("a history at its limit lets go of what leaves it, however long it runs") {
    history h{"e", {.messages = 3}};
    std::weak_ptr<message const> watched;
    for (int i = 0; i < 1000; ++i) {
        say(h, std::to_string(i % 10));
        if (i == 500)
            watched = h.last(1)[0];
    }
    CHECK(watched.expired());
    CHECK(texts(h.last(9)) == "789");
    CHECK(h.bytes() == 3);
    CHECK(h.size() == 3);
}
