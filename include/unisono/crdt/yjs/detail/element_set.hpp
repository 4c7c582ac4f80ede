#pragma once

#include <unisono/crdt/yjs/detail/journal.hpp>

#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Elements as ranges. Remembers in which order it first heard of the clients, because undoing goes in that
/// order and gives new elements their names by it.
class element_set {
public:
    void add(element_range range);
    void merge(element_set const& other);

    bool contains(element e) const noexcept;

    /// Calls `each(element_range)`: clients in order of appearance, the clocks of each ascending.
    template <class Each>
    void for_each(Each&& each) const {
        for (std::vector<element_range> const& ranges : clients_) {
            for (element_range const& range : ranges)
                each(range);
        }
    }

private:
    std::vector<std::vector<element_range>> clients_; // none empty
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/element_set.ipp>
#endif
