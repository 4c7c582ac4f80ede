#include <unisono/core/random.hpp>
#include <unisono/crdt/yjs/detail/struct_index.hpp>

#include "support/catch.hpp"

#include <vector>

namespace {

using namespace unisono;
using namespace unisono::yjs::detail;

/// An index beside the plain row it stands for.
struct indexed {
    item_arena items;
    struct_index index;
    std::vector<slot> row;

    void push(std::uint32_t length) {
        item it;
        it.clock = row.empty() ? 0 : items[row.back()].end();
        it.length = length;
        row.push_back(items.make(it));
        index.push_back(row.back(), it.clock);
    }
    void cut(std::size_t i, std::uint32_t at) {
        item second = items[row[i]];
        items[row[i]].length = at;
        second.clock += at;
        second.length -= at;
        slot const s = items.make(second);
        index.insert_after(index.find(items[row[i]].clock, items), s, items);
        row.insert(row.begin() + static_cast<std::ptrdiff_t>(i) + 1, s);
    }
    void join(std::size_t i) {
        auto const place = index.find(items[row[i]].clock, items);
        items[row[i - 1]].length += items[row[i]].length;
        index.erase(place, items);
        items.free(row[i]);
        row.erase(row.begin() + static_cast<std::ptrdiff_t>(i));
    }
    /// Gives the first element of a struct to the one before.
    void shift(std::size_t i) {
        auto const place = index.find(items[row[i]].clock, items);
        ++items[row[i - 1]].length;
        --items[row[i]].length;
        index.moved(place, ++items[row[i]].clock);
    }
    std::vector<slot> all() const {
        std::vector<slot> found;
        index.for_each({0, 0}, [&](slot s) { found.push_back(s); });
        return found;
    }
};

} // namespace

TEST_CASE("an index of structs equals a sorted row under cuts and joins") {
    seeded_random random{11};
    indexed list;
    for (int i = 0; i < 1000; ++i)
        list.push(static_cast<std::uint32_t>(1 + random.below(20)));
    for (int step = 0; step < 4000; ++step) {
        auto const i = static_cast<std::size_t>(random.below(list.row.size()));
        std::uint32_t const length = list.items[list.row[i]].length;
        auto const what = random.below(3);
        if (what == 0 && length > 1 && i > 0)
            list.shift(i);
        else if (what == 1 && length > 1)
            list.cut(i, static_cast<std::uint32_t>(1 + random.below(length - 1)));
        else if (i > 0)
            list.join(i);
        auto const wanted = static_cast<std::size_t>(random.below(list.row.size()));
        item const& it = list.items[list.row[wanted]];
        auto const place =
            list.index.find(it.clock + static_cast<std::uint32_t>(random.below(it.length)), list.items);
        REQUIRE(list.index.at(place) == list.row[wanted]);
        REQUIRE(list.index.is_first(place) == (wanted == 0));
        REQUIRE(list.index.is_last(place) == (wanted + 1 == list.row.size()));
        REQUIRE(list.index.count_from(place) == list.row.size() - wanted);
        if (wanted > 0) {
            REQUIRE(list.index.at(list.index.previous(place)) == list.row[wanted - 1]);
            REQUIRE(list.index.next(list.index.previous(place)) == place);
        }
    }
    CHECK(list.all() == list.row);
    CHECK(list.index.back() == list.row.back());
}
