#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

using unisono::any_value;
using unisono::byte_buffer;
namespace yjs = unisono::yjs;

namespace {

struct member {
    std::uint64_t client;
    byte_buffer update;
};

/// Many who do not know of each other, in no order.
template <class Act>
std::vector<member> crowd(std::mt19937& random, Act&& act) {
    std::vector<member> members;
    for (int i = 0; i < 300; ++i) {
        yjs::document one{{.client_id = random()}};
        act(one, static_cast<std::int64_t>(one.client_id()));
        members.push_back({one.client_id(), one.encode_state_as_update()});
    }
    return members;
}

yjs::document gathered(std::vector<member> const& members) {
    yjs::document doc{{.client_id = std::uint64_t{1} << 40}};
    for (member const& m : members)
        REQUIRE(doc.apply_update(m.update));
    return doc;
}

} // namespace

TEST_CASE("what many wrote into an array without knowing of each other stands in the order of their ids") {
    auto const seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    auto members =
        crowd(random, [](yjs::document& one, std::int64_t id) { one.get_array("a").insert(0, {id}); });
    yjs::document doc = gathered(members);
    auto const bytes = doc.encode_state_as_update();
    std::sort(members.begin(), members.end(), [](auto& a, auto& b) { return a.client < b.client; });
    auto const values = doc.get_array("a").to_vector();
    REQUIRE(values.size() == members.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        REQUIRE(*values[i].as_any() == any_value{static_cast<std::int64_t>(members[i].client)});
    CHECK(gathered(members).encode_state_as_update() == bytes);

    // Who knows of them writes among them, and others who do not find their places all the same.
    doc.get_array("a").insert(150, {"between"});
    auto late = crowd(random, [](yjs::document& one, std::int64_t id) {
        one.get_array("a").insert(0, {id, "and more"});
    });
    yjs::document other{{.client_id = 1}};
    for (member const& m : late) {
        REQUIRE(doc.apply_update(m.update));
        REQUIRE(other.apply_update(m.update));
    }
    REQUIRE(other.apply_update(doc.encode_state_as_update()));
    CHECK(other.get_array("a").to_vector() == doc.get_array("a").to_vector());
    CHECK(other.encode_state_as_update() == doc.encode_state_as_update());
}

TEST_CASE("of what many set a key to, the value of the largest id stays, in any order") {
    auto const seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    auto members = crowd(random, [](yjs::document& one, std::int64_t id) { one.get_map("m").set("k", id); });
    auto const last = std::max_element(members.begin(), members.end(),
                                       [](auto& a, auto& b) { return a.client < b.client; });
    any_value const expected{static_cast<std::int64_t>(last->client)};
    std::uint64_t const largest = last->client;
    for (int i = 0; i < 5; ++i) {
        std::shuffle(members.begin(), members.end(), random);
        yjs::document doc = gathered(members);
        CAPTURE(largest);
        CHECK(*doc.get_map("m").get("k")->as_any() == expected);
        doc.get_map("m").set("k", "after");
        CHECK(*doc.get_map("m").get("k")->as_any() == any_value{"after"});
    }
}
