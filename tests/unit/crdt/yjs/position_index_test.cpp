#include <unisono/core/random.hpp>
#include <unisono/crdt/yjs/detail/position_index.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cstdint>
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

void check_all(position_index& index, std::vector<entry> const& row) {
    std::uint32_t const total = find_in(row, UINT32_MAX).before;
    for (std::uint32_t i = 0; i < total; ++i) {
        auto const expected = find_in(row, i);
        auto const found = index.find(0, i);
        REQUIRE(found.at == expected.at);
        REQUIRE(found.before == expected.before);
        REQUIRE(index.before(found.at) == expected.before);
    }
    std::size_t last = row.size();
    for (std::size_t i = 0; i < row.size(); i = 2 * i + 1) {
        REQUIRE_FALSE(index.precedes(row[i].s, row[i].s));
        REQUIRE((last == row.size() || index.precedes(row[last].s, row[i].s)));
        REQUIRE((last == row.size() || !index.precedes(row[i].s, row[last].s)));
        auto const goes_first = [&](slot s) { return s == row[i].s || index.precedes(s, row[i].s); };
        REQUIRE(index.last_of(0, goes_first) == row[i].s);
        last = i;
    }
    REQUIRE(index.last_of(0, [](slot) { return false; }) == no_slot);
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
                index.remove(row[i].s);
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
        index.remove(row.back().s);
        row.pop_back();
    }
    CHECK(index.last_of(0, [](slot) { return true; }) == no_slot);
    index.insert(0, 0, no_slot, 2);
    CHECK(index.find(0, 1).at == 0);
}

TEST_CASE("position indices of several lists come and go beside each other") {
    item_arena items;
    constexpr slot lists = 3;
    constexpr slot length = 100;
    for (slot s = 0; s < lists * length; ++s) {
        item it;
        it.kind = static_cast<std::uint32_t>(yjs::struct_kind::string);
        it.length = 1;
        it.right = s + lists < lists * length ? s + lists : no_slot;
        items.make(it);
    }
    position_index index;
    auto const is_whole = [&](list_index l) {
        for (slot i = 0; i < length; ++i) {
            if (index.find(l, i).at != i * lists + l)
                return false;
        }
        return index.covers(l);
    };
    for (list_index l : {0U, 1U, 2U})
        index.build(l, l, items);
    index.drop(1);
    CHECK_FALSE(index.covers(1));
    CHECK(is_whole(0));
    CHECK(is_whole(2));
    index.build(1, 1, items);
    CHECK(is_whole(0));
    CHECK(is_whole(1));
    CHECK(is_whole(2));
}
