#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace unisono::inline v0::detail {

/// Keeps at most the `most` that come first by `before`, in that order.
template <class T, class Before>
void keep_first(std::vector<T>& all, std::size_t most, Before before) {
    auto const kept = static_cast<std::ptrdiff_t>(std::min(most, all.size()));
    std::partial_sort(all.begin(), all.begin() + kept, all.end(), before);
    all.erase(all.begin() + kept, all.end());
}

} // namespace unisono::inline v0::detail
