#pragma once

#include <unisono/crdt/yjs/detail/document_store.hpp>

#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// A place between two neighbours of a list; none at its ends.
struct list_position {
    slot left = no_slot;
    slot right = no_slot;
};

/// An element by its item.
struct element_position {
    slot at = no_slot;
    std::uint32_t offset = 0; ///< in the item
};

/// The visible element number `index` of a type. Precondition: `index < length`.
element_position find_element(document_store& store, type_index type, std::uint32_t index);

/// How many visible elements stand before an item of a sequence.
std::uint32_t elements_before(document_store& store, slot s);

/// Puts items of one sequence into the order in which they stand in it.
void sort_by_place(document_store& store, std::vector<slot>& slots);

/// The place for an edit directly behind visible element number `index - 1`, and so before whatever deleted
/// stands there: behind `offset` elements of an item. None of an empty type. Precondition: `index <= length`.
element_position find_edge(document_store& store, type_index type, std::uint32_t index);

/// That place between two items: cuts the item there, if need be.
list_position find_gap(document_store& store, type_index type, std::uint32_t index);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/position.ipp>
#endif
