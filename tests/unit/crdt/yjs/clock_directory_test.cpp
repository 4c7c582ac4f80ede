#include <unisono/crdt/yjs/detail/clock_directory.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace unisono::yjs::detail;

TEST_CASE("a directory finds every item of a row, whatever the lengths") {
    auto const lengths = GENERATE(
        std::vector<std::uint32_t>{1}, std::vector<std::uint32_t>{0x7fff'ffff},
        std::vector<std::uint32_t>{1, 1, 1, 0x7fff'0000, 1, 1, 2}, std::vector<std::uint32_t>(1000, 1),
        std::vector<std::uint32_t>(1000, 1'000'000), std::vector<std::uint32_t>{5, 1, 300, 2, 2, 70'000, 1},
        std::vector<std::uint32_t>{63, 1, 64, 64, 1, 62, 1, 128, 1});
    item_arena items;
    items.make({}); // somebody else's
    std::uint32_t clock = 0;
    auto const append = [&](std::uint32_t length) {
        item it;
        it.clock = clock;
        it.length = length;
        clock += length;
        return items.make(it);
    };
    for (std::uint32_t length : lengths)
        append(length);
    if (GENERATE(false, true)) { // too much for a bit per clock
        append(0x1000'0000);
        for (int i = 0; i < 100; ++i)
            append(1);
    }
    auto const end = static_cast<slot>(items.size());
    items.make({});

    clock_directory directory;
    directory.build(1, end, items);
    for (slot s = 1; s < end; ++s) {
        REQUIRE(directory.find(items[s].clock, items) == s);
        REQUIRE(directory.find(items[s].end() - 1, items) == s);
        REQUIRE(directory.find(items[s].clock + items[s].length / 2, items) == s);
    }
}
