#pragma once

#include <unisono/crdt/yjs/detail/item.hpp>

#include <cstdint>
#include <iterator>
#include <map>
#include <utility>

namespace unisono::inline v0::yjs::detail {

/// Which elements an undo brought back, and as which new ones. Local knowledge, never told to others.
///
/// By runs of elements and not by items: those are cut and joined. Whether an element has a copy is what
/// item::redone says.
class redone_table {
public:
    void add(element first, element copy) { runs_[{first.client, first.clock}] = copy; }

    /// Precondition: it has a copy.
    element copy_of(element e) const noexcept {
        auto const& [first, copy] = *std::prev(runs_.upper_bound({e.client, e.clock}));
        return {copy.client, copy.clock + (e.clock - first.second)};
    }

private:
    std::map<std::pair<client_index, std::uint32_t>, element> runs_; // by their first element
};

} // namespace unisono::inline v0::yjs::detail
