#include <unisono/crdt/causal_counter.hpp>
#include <unisono/crdt/encoding.hpp>
#include <unisono/crdt/mv_register.hpp>
#include <unisono/crdt/or_map.hpp>
#include <unisono/crdt/or_set.hpp>

#include "support/catch.hpp"

#include <stdexcept>
#include <string>

using namespace unisono;
using namespace unisono::crdt;
using form = or_map<std::string, mv_register<std::string>>;
using groups = or_map<std::string, or_set<int>>;

namespace {

auto write(replica_id me, std::string text) {
    return [=](mv_register<std::string>& field) { return field.set(me, text); };
}
auto insert(replica_id me, int element) {
    return [=](or_set<int>& set) { return set.add(me, element); };
}

} // namespace

TEST_CASE("values of a map are changed in place") {
    form a, b;
    b.join(a.update("title", write(1, "Hello")));
    b.join(a.update("body", write(1, "...")));
    CHECK(b == a);
    CHECK(to_json(b) == R"({"body":["..."],"title":["Hello"]})");
    CHECK(b.size() == 2);
    CHECK(b.get("title")->get().front() == "Hello");
    CHECK_FALSE(b.get("nothing"));
}

TEST_CASE("what was done meanwhile under a removed key survives alone") {
    groups a, b;
    for (int i = 1; i != 6; ++i)
        a.update("s", insert(1, i));
    b.join(a);
    a.remove("s");
    b.update("s", insert(2, 6));
    a.join(b);
    b.join(a);
    CHECK(a == b);
    CHECK(to_json(a) == R"({"s":[6]})");
}

TEST_CASE("a key goes with the last of its value") {
    groups a;
    a.update("s", insert(1, 1));
    CHECK(a.contains("s"));
    a.update("s", [](or_set<int>& set) { return set.remove(1); });
    CHECK_FALSE(a.contains("s"));
    CHECK(to_json(a) == "{}");
}

TEST_CASE("a counter in a map begins anew after its key was removed, but for who counts meanwhile") {
    or_map<std::string, causal_counter> a, b;
    a.update("likes", [](causal_counter& n) { return n.increment(1, 10); });
    b.join(a);
    b.update("likes", [](causal_counter& n) { return n.increment(2, 5); });
    a.join(b);
    a.remove("likes");
    b.update("likes", [](causal_counter& n) { return n.increment(2); });
    a.join(b);
    b.join(a);
    CHECK(a == b);
    CHECK(to_json(a) == R"({"likes":6})"); // 5 were counted before
}

TEST_CASE("maps nest") {
    or_map<int, or_map<std::string, or_set<int>>> a, b;
    auto const delta = a.update(7, [](auto& inner) { return inner.update("s", insert(1, 1)); });
    b.join(delta);
    CHECK(b == a);
    CHECK(to_json(b) == R"([[7,{"s":[1]}]])");
    b.join(a.update(7, [](auto& inner) { return inner.remove("s"); }));
    CHECK(b == a);
    CHECK(b.size() == 0);
    CHECK(decode<decltype(a)>(encode(a)).value() == a);
}

TEST_CASE("several changes of a value are one delta when they are joined") {
    groups a, b;
    b.join(a.update("s", [](or_set<int>& set) {
        auto delta = set.add(1, 1);
        delta.join(set.add(1, 2));
        return delta;
    }));
    CHECK(b == a);
    CHECK(to_json(b) == R"({"s":[1,2]})");
}

TEST_CASE("a change that throws leaves the map in one piece") {
    groups a;
    a.update("s", insert(1, 1));
    auto const before = a;
    auto const fail = [](or_set<int>&) -> or_set<int> { throw std::runtime_error{"no"}; };
    CHECK_THROWS_AS(a.update("s", fail), std::runtime_error);
    CHECK_THROWS_AS(a.update("new", fail), std::runtime_error);
    CHECK(a == before);
    CHECK(a.remove("s") != groups{});
    CHECK(a.size() == 0);
}
