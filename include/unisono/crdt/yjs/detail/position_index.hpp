#pragma once

#include <unisono/crdt/yjs/detail/item_arena.hpp>
#include <unisono/crdt/yjs/detail/type_table.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Finds elements by their position in lists that are edited here and there.
///
/// Treaps (Seidel, Aragon: "Randomized Search Trees", Algorithmica 1996) over the items of a list in their
/// order, each node with the number of visible elements below it. Finding, inserting, removing and changing
/// an item take logarithmic time. A list gets its treap when somebody first looks far away in it; documents
/// that only pass updates on never have one.
class position_index {
public:
    struct found {
        slot at;
        std::uint32_t before; ///< visible elements before that item
    };

    /// The seed decides which shapes the trees take: who does not know it cannot write a document that makes
    /// them deep. With equal seeds, equal calls cost the same.
    explicit position_index(std::uint32_t seed = 0) noexcept : seed_(seed) {}

    bool covers(list_index list) const noexcept {
        return list < roots_.size() && roots_[list] != not_covered;
    }

    void build(list_index list, slot first, item_arena const& items);
    void drop(list_index list) noexcept {
        if (covers(list))
            roots_[list] = not_covered;
    }

    /// Precondition of all below: the list is covered.

    /// The item of visible element `index`. Precondition: there are so many.
    found find(list_index list, std::uint32_t index) const noexcept;

    /// How many visible elements stand before the item.
    std::uint32_t before(slot s) const noexcept;

    /// The last item with `goes_first(item)`, which holds for a number of items at the front; no_slot: none.
    template <class GoesFirst>
    slot last_of(list_index list, GoesFirst&& goes_first) const {
        slot last = no_slot;
        for (slot s = roots_[list]; s != no_slot;) {
            bool const yes = goes_first(s);
            if (yes)
                last = s;
            s = yes ? nodes_[s].right : nodes_[s].left;
        }
        return last;
    }

    /// Does `a` stand before `b`?
    bool precedes(slot a, slot b) const noexcept;

    /// Adds an item behind `left`; no_slot: at the front.
    void insert(list_index list, slot s, slot left, std::uint32_t visible);
    void remove(list_index list, slot s) noexcept;

    /// Notes that the item has more, or with wrap-around fewer, visible elements.
    void add(slot s, std::uint32_t more) noexcept;

    /// How many items are above that one in its tree.
    unsigned depth(slot s) const noexcept {
        unsigned depth = 0;
        for (; nodes_[s].parent != no_slot; s = nodes_[s].parent)
            ++depth;
        return depth;
    }

    /// Items with larger priorities are further up in a tree.
    static std::uint32_t priority(slot s, std::uint32_t seed) noexcept {
        std::uint32_t x = (s ^ seed) * 0x9e3779b1U;
        x = (x ^ x >> 15) * 0x85ebca6bU;
        return x ^ x >> 13;
    }

private:
    struct node {
        slot parent = no_slot;
        slot left = no_slot;
        slot right = no_slot;
        std::uint32_t visible = 0; // elements of the item and of all below it
    };

    std::uint32_t priority(slot s) const noexcept { return priority(s, seed_); }
    std::uint32_t below(slot s) const noexcept { return s == no_slot ? 0 : nodes_[s].visible; }
    std::uint32_t own(slot s) const noexcept {
        return nodes_[s].visible - below(nodes_[s].left) - below(nodes_[s].right);
    }
    void replace_child(slot& root, slot parent, slot child, slot by) noexcept;
    void rotate_up(slot& root, slot s) noexcept;

    static constexpr slot not_covered = no_slot - 1;

    std::uint32_t seed_;
    std::vector<node> nodes_; // by slot: an item stands in one list
    std::vector<slot> roots_; // by list; no_slot: of an empty one
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/position_index.ipp>
#endif
