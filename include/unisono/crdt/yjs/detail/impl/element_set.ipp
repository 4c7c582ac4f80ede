#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/element_set.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL void element_set::add(element_range range) {
    auto const known = std::find_if(clients_.begin(), clients_.end(),
                                    [&](auto const& c) { return c.front().client == range.client; });
    if (known == clients_.end()) {
        clients_.push_back({range});
        return;
    }
    // Everything that the new range touches becomes one range with it.
    auto& ranges = *known;
    auto const first = std::partition_point(ranges.begin(), ranges.end(),
                                            [&](element_range const& r) { return r.end < range.clock; });
    auto last = first;
    for (; last != ranges.end() && last->clock <= range.end; ++last) {
        range.clock = std::min(range.clock, last->clock);
        range.end = std::max(range.end, last->end);
    }
    if (first == last) {
        ranges.insert(first, range);
    } else {
        *first = range;
        ranges.erase(first + 1, last);
    }
}

UNISONO_DECL void element_set::merge(element_set const& other) {
    other.for_each([this](element_range const& range) { add(range); });
}

UNISONO_DECL bool element_set::contains(element e) const noexcept {
    for (auto const& ranges : clients_) {
        if (ranges.front().client != e.client)
            continue;
        auto const range = std::partition_point(ranges.begin(), ranges.end(),
                                                [&](element_range const& r) { return r.end <= e.clock; });
        return range != ranges.end() && range->clock <= e.clock;
    }
    return false;
}

} // namespace unisono::inline v0::yjs::detail
