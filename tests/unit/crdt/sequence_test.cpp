#include <unisono/crdt/encoding.hpp>
#include <unisono/crdt/sequence.hpp>

#include "support/catch.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using namespace unisono;
using namespace unisono::crdt;
using letters = sequence<std::string>;

namespace {

std::string shown(letters const& s) {
    std::string text;
    for (auto const& letter : s.to_vector())
        text += letter;
    return text;
}

/// Types the text, a letter at a time, from that place on.
std::vector<letters> type(letters& s, replica_id me, std::size_t at, std::string const& text) {
    std::vector<letters> deltas;
    for (char const c : text)
        deltas.push_back(s.insert(me, at++, std::string{c}));
    return deltas;
}

} // namespace

TEST_CASE("elements stand where they were inserted") {
    letters s;
    type(s, 1, 0, "ac");
    s.insert(1, 1, "b");
    s.insert(1, 99, "d");
    CHECK(shown(s) == "abcd");
    CHECK(s.size() == 4);
    CHECK(*s.at(2) == "c");
    CHECK(s.at(4) == nullptr);
    s.erase(1);
    CHECK(s.erase(9) == letters{});
    CHECK(shown(s) == "acd");
    s.insert(1, 1, "B");
    CHECK(shown(s) == "aBcd");
    CHECK(to_json(s) == R"(["a","B","c","d"])");
}

TEST_CASE("what is written at the same place at the same time is not mixed") {
    letters a, b;
    type(a, 1, 0, "()");
    b.join(a);
    type(a, 1, 1, "one");
    type(b, 2, 1, "two");
    auto const ours = a;
    a.join(b);
    b.join(ours);
    CHECK(a == b);
    CHECK(shown(a) == "(twoone)");
}

TEST_CASE("what was erased stays erased, also when it comes later than its end") {
    letters a;
    auto const inserted = a.insert(1, 0, "x");
    auto const erased = a.erase(0);
    letters b;
    CHECK(b.join(erased) == effect::changed);
    CHECK(b.join(inserted) == effect::none);
    CHECK(b == a);
    CHECK(b.size() == 0);
}

TEST_CASE("an element waits for what it was inserted behind") {
    letters a, b;
    auto const deltas = type(a, 1, 0, "abc");
    b.join(deltas[2]);
    b.join(deltas[1]);
    CHECK(shown(b).empty());
    CHECK(decode<letters>(encode(b)).value() == b);
    b.join(deltas[0]);
    CHECK(shown(b) == "abc");
    CHECK(b == a);
}

TEST_CASE("joined in one go or one by one: the same") {
    letters a, b;
    auto deltas = type(a, 1, 0, std::string(30, 'a'));
    for (auto& delta : type(b, 2, 0, std::string(30, 'b')))
        deltas.push_back(delta);
    letters one_by_one;
    for (auto const& delta : deltas)
        one_by_one.join(delta);
    CHECK(a.join(b) == effect::changed);
    CHECK(a.join(b) == effect::none);
    CHECK(a == one_by_one);
}

TEST_CASE("a full sequence takes in what others inserted, and nothing else") {
    sequence<int, 2> a, b;
    a.insert(1, 0, 1);
    a.insert(1, 1, 2);
    CHECK(a.full());
    CHECK_THROWS_AS(a.insert(1, 2, 3), std::length_error);
    b.insert(2, 0, 4);
    a.join(b);
    CHECK(a.size() == 3);
}

TEST_CASE("an id with two contents is told, and ends the same everywhere") {
    letters a, b;
    a.insert(1, 0, "one");
    b.insert(1, 0, "two"); // the same replica id
    auto const ours = a;
    CHECK(a.join(b) == effect::reused);
    CHECK(b.join(ours) == effect::reused);
    CHECK(a == b);
}

TEST_CASE("typing in one go takes three bytes per letter") {
    letters s;
    type(s, 1, 0, std::string(100, 'x'));
    CHECK(encode(s).size() < 315);
}
