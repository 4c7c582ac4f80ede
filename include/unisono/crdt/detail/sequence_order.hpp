#pragma once

#include <unisono/crdt/detail/sequence_element.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace unisono::inline v0::crdt::detail {

/// The order in which elements stand, as their numbers: each behind its origin, of those with the same origin
/// the later one first. Leaves out those that hang on something that is not there. Precondition: ascending by
/// id, each once.
template <class T>
std::vector<std::size_t> sequence_order(std::vector<sequence_element<T>> const& elements) {
    std::vector<std::size_t> by_origin(elements.size());
    std::iota(by_origin.begin(), by_origin.end(), std::size_t{0});
    std::stable_sort(by_origin.begin(), by_origin.end(),
                     [&](std::size_t a, std::size_t b) { return elements[a].origin < elements[b].origin; });

    std::vector<std::size_t> open; // those that come next, the first one last
    auto const follow = [&](element_id origin) {
        auto next = std::lower_bound(by_origin.begin(), by_origin.end(), origin,
                                     [&](std::size_t i, element_id o) { return elements[i].origin < o; });
        for (; next != by_origin.end() && elements[*next].origin == origin; ++next)
            open.push_back(*next);
    };
    std::vector<std::size_t> order;
    follow({});
    while (!open.empty()) {
        auto const next = open.back();
        open.pop_back();
        order.push_back(next);
        follow(elements[next].id);
    }
    return order;
}

} // namespace unisono::inline v0::crdt::detail
