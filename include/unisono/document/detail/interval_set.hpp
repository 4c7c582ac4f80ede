#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>

namespace unisono::inline v0::detail {

/// Numbers as ranges that neither touch nor overlap.
class interval_set {
public:
    /// Is all of [from, to) in it?
    bool contains(std::uint64_t from, std::uint64_t to) const {
        auto const after = ranges_.upper_bound(from);
        return from >= to || (after != ranges_.begin() && std::prev(after)->second >= to);
    }

    /// Adds [from, to).
    void add(std::uint64_t from, std::uint64_t to) {
        if (from >= to)
            return;
        auto after = ranges_.upper_bound(from);
        bool const goes_on = after != ranges_.begin() && std::prev(after)->second >= from;
        auto const range = goes_on ? std::prev(after) : ranges_.emplace_hint(after, from, to);
        while (after != ranges_.end() && after->first <= to) {
            to = std::max(to, after->second);
            after = ranges_.erase(after);
        }
        range->second = std::max(range->second, to);
    }

    /// Calls `each(from, to)` for all ranges in order.
    template <class Each>
    void for_each(Each&& each) const {
        for (auto const& [from, to] : ranges_)
            each(from, to);
    }

    /// Ranges held.
    std::size_t count() const noexcept { return ranges_.size(); }

private:
    std::map<std::uint64_t, std::uint64_t> ranges_; // begin -> end
};

} // namespace unisono::inline v0::detail
