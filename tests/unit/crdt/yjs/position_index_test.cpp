#include <unisono/core/random.hpp>
#include <unisono/crdt/yjs/detail/position_index.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

using namespace unisono;
using namespace unisono::yjs::detail;

struct entry {
    slot s;
    std::uint32_t visible;
};

/// The slow way to the same answer.
position_index::found find_in(std::vector<entry> const& row, std::uint32_t index) {
    std::uint32_t before = 0;
    for (entry const& e : row) {
        if (index < before + e.visible)
            return {e.s, before};
        before += e.visible;
    }
    return {no_slot, before};
}

void check_all(position_index const& index, std::vector<entry> const& row) {
    std::uint32_t const total = find_in(row, UINT32_MAX).before;
    for (std::uint32_t i = 0; i < total; ++i) {
        auto const expected = find_in(row, i);
        auto const found = index.find(0, i);
        REQUIRE(found.at == expected.at);
        REQUIRE(found.before == expected.before);
        REQUIRE(index.before(found.at) == expected.before);
    }
}

} // namespace

TEST_CASE("a position index equals a walk along the list, whatever changes") {
    seeded_random random{5};
    item_arena items;
    std::vector<entry> row;
    for (slot s = 0; s < 50; ++s) {
        item it;
        it.kind = static_cast<std::uint32_t>(yjs::struct_kind::string);
        it.length = static_cast<std::uint32_t>(1 + random.below(3));
        it.deleted = random.below(3) == 0;
        items.make(it);
        if (s > 0)
            items[s - 1].right = s;
        row.push_back({s, it.deleted ? 0 : it.length});
    }
    position_index index;
    index.build(0, 0, items);
    check_all(index, row);

    slot next = 50;
    for (int step = 0; step < 2000; ++step) {
        auto const i = static_cast<std::size_t>(random.below(row.size()));
        auto const visible = static_cast<std::uint32_t>(random.below(4));
        switch (random.below(4)) {
        case 0:
            index.insert(0, next, row[i].s, visible);
            row.insert(row.begin() + static_cast<std::ptrdiff_t>(i) + 1, {next++, visible});
            break;
        case 1:
            index.insert(0, next, no_slot, visible);
            row.insert(row.begin(), {next++, visible});
            break;
        case 2:
            if (row.size() > 1) {
                index.remove(0, row[i].s);
                row.erase(row.begin() + static_cast<std::ptrdiff_t>(i));
            }
            break;
        default:
            index.add(row[i].s, visible - row[i].visible);
            row[i].visible = visible;
        }
        if (step % 50 == 0)
            check_all(index, row);
    }
    check_all(index, row);
    while (!row.empty()) {
        index.remove(0, row.back().s);
        row.pop_back();
    }
    index.insert(0, 0, no_slot, 2);
    CHECK(index.find(0, 1).at == 0);
}

TEST_CASE("nobody can write a list that makes the index deep without knowing its seed") {
    // In the order of the priorities that seed 0 gives, the tree of seed 0 is a stick.
    constexpr slot count = 4096;
    std::vector<slot> order(count);
    std::iota(order.begin(), order.end(), slot{0});
    std::sort(order.begin(), order.end(),
              [](slot a, slot b) { return position_index::priority(a, 0) < position_index::priority(b, 0); });
    item_arena items;
    for (slot s = 0; s < count; ++s)
        items.make(item{});
    for (slot i = 0; i + 1 < count; ++i)
        items[order[i]].right = order[i + 1];
    auto const deepest = [&](std::uint32_t seed) {
        position_index index{seed};
        index.build(0, order[0], items);
        unsigned depth = 0;
        for (slot s = 0; s < count; ++s)
            depth = std::max(depth, index.depth(s));
        return depth;
    };
    CHECK(deepest(0) == count - 1);
    std::uint64_t const seed = system_random().next();
    INFO("seed " << seed);
    seeded_random random{seed};
    for (int i = 0; i < 10; ++i)
        CHECK(deepest(static_cast<std::uint32_t>(random.next())) < 80);
}
