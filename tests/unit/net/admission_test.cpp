#include <unisono/net/admission.hpp>

#include "support/catch.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

using namespace unisono;

namespace {

std::optional<ip_address> address(std::string_view text) {
    return ip_address::parse(text);
}

} // namespace

TEST_CASE("a place is free again when who had it has left") {
    auto const door = std::make_shared<admission>(connection_limits{.total = 2});
    auto first = door->enter(address("192.0.2.1"));
    auto const second = door->enter(std::nullopt);
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(door->enter(address("192.0.2.3")));
    first = {};
    CHECK(door->enter(address("192.0.2.3")));
}

TEST_CASE("one address has so many places, whatever the others have") {
    auto const door = std::make_shared<admission>(connection_limits{.per_peer = 2});
    auto const [peer, same, other] = GENERATE(table<char const*, char const*, char const*>({
        {"192.0.2.1", "192.0.2.1", "192.0.2.2"},
        {"192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.2"},
        {"2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"}, // a customer's network
    }));
    auto const first = door->enter(address(peer));
    auto second = door->enter(address(same));
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(door->enter(address(peer)));
    CHECK_FALSE(door->enter(address(same)));
    CHECK(door->enter(address(other)));
    second = {};
    CHECK(door->enter(address(peer)));
}

TEST_CASE("who is refused takes no place of the total") {
    auto const door = std::make_shared<admission>(connection_limits{.total = 2, .per_peer = 1});
    auto const first = door->enter(address("192.0.2.1"));
    CHECK_FALSE(door->enter(address("192.0.2.1")));
    CHECK(door->enter(address("192.0.2.2")));
}

TEST_CASE("threat A13: a proxy's place goes to the client it speaks for, if that has one left") {
    auto const door = std::make_shared<admission>(connection_limits{.total = 4, .per_peer = 1});
    auto const ann = *address("192.0.2.1");
    auto const ben = *address("192.0.2.2");
    auto one = door->enter(std::nullopt);
    auto two = door->enter(std::nullopt);
    CHECK(one.move_to(ann));
    CHECK(one.move_to(ann)); // it is there
    CHECK_FALSE(two.move_to(ann));
    CHECK_FALSE(door->enter(ann));
    CHECK(two.move_to(ben));
    CHECK(one.move_to(*address("192.0.2.3"))); // and is free where it came from
    auto again = door->enter(ann);
    CHECK(again);
    two = {};
    CHECK(again.move_to(ben));
}

TEST_CASE("without bounds, or without a place, everybody may") {
    auto const door = std::make_shared<admission>(connection_limits{});
    auto one = door->enter(address("192.0.2.1"));
    CHECK(one);
    CHECK(one.move_to(*address("192.0.2.2")));
    admission::ticket none;
    CHECK_FALSE(none);
    CHECK(none.move_to(*address("192.0.2.2")));
}
