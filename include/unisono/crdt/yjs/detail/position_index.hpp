#pragma once

#include <unisono/crdt/yjs/detail/item_arena.hpp>
#include <unisono/crdt/yjs/detail/type_table.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Finds elements by their position in lists that are edited here and there.
///
/// A B+ tree (Comer: "The Ubiquitous B-Tree", ACM Computing Surveys 1979) over the items of each list in
/// their order, in which every node counts the visible elements below each of its children. Finding,
/// inserting, removing and changing an item take logarithmic time and touch a few nodes, so few cache lines,
/// whatever the size. A node goes when it is empty, and does not join its neighbour before (Johnson, Shasha:
/// "B-trees with inserts and deletes: why free-at-empty is better than merge-at-half", 1993).
///
/// A list gets its tree when somebody first looks far away in it; documents that only pass updates on never
/// have one.
class position_index {
public:
    struct found {
        slot at;
        std::uint32_t before; ///< visible elements before that item
    };

    bool covers(list_index list) const noexcept { return list < roots_.size() && roots_[list] != no_node; }

    /// Precondition: the list is not covered.
    void build(list_index list, slot first, item_arena const& items);
    void drop(list_index list) noexcept;

    /// Precondition of all below: the list is covered.

    /// The item of visible element `index`. Precondition: there are so many.
    found find(list_index list, std::uint32_t index) noexcept;

    /// How many visible elements stand before the item.
    std::uint32_t before(slot s) noexcept;

    /// The last item with `goes_first(item)`, which holds for a number of items at the front; no_slot: none.
    template <class GoesFirst>
    slot last_of(list_index list, GoesFirst&& goes_first) const {
        node_index n = roots_[list];
        if (nodes_[n].size == 0 || !goes_first(first_item(n)))
            return no_slot;
        for (;;) {
            node const& at = nodes_[n];
            auto const behind = std::partition_point(
                at.children.begin() + 1, at.children.begin() + at.size,
                [&](std::uint32_t child) { return goes_first(at.leaf ? child : first_item(child)); });
            if (at.leaf)
                return behind[-1];
            n = behind[-1];
        }
    }

    /// Does `a` stand before `b`? Precondition: in the same list.
    bool precedes(slot a, slot b) const noexcept;

    /// Adds an item behind `left`; no_slot: at the front.
    void insert(list_index list, slot s, slot left, std::uint32_t visible);
    void remove(slot s) noexcept;

    /// Notes that the item has more, or with wrap-around fewer, visible elements. Who types changes one item
    /// again and again, so it is counted when somebody asks, or changes another one.
    void add(slot s, std::uint32_t more) noexcept {
        if (s != uncounted_)
            count_all();
        uncounted_ = s;
        uncounted_elements_ += more;
    }

private:
    using node_index = std::uint32_t;
    static constexpr node_index no_node = 0xffff'ffff;
    static constexpr unsigned fan_out = 32;
    static constexpr unsigned built = fan_out * 3 / 4; // children of a new node: some come before it splits

    struct node {
        node_index parent = no_node; ///< none: a root. Of a free node the next free one
        std::uint16_t size = 0;
        bool leaf = true;
        std::array<std::uint32_t, fan_out> visible = {};  ///< elements of each child, or below it
        std::array<std::uint32_t, fan_out> children = {}; ///< items in a leaf, otherwise nodes
    };

    static unsigned place_of(node const& n, std::uint32_t child) noexcept {
        unsigned i = 0;
        while (n.children[i] != child)
            ++i;
        return i;
    }
    slot first_item(node_index n) const noexcept {
        for (; !nodes_[n].leaf; n = nodes_[n].children[0]) {
        }
        return nodes_[n].children[0];
    }

    void count_all() noexcept {
        if (uncounted_ != no_slot)
            count(leaves_[uncounted_], uncounted_, uncounted_elements_);
        uncounted_ = no_slot;
        uncounted_elements_ = 0;
    }
    /// Counts more elements below a child of that node, and so above it.
    void count(node_index n, std::uint32_t child, std::uint32_t more) noexcept;
    node_index make_node(bool leaf);
    void free_node(node_index n) noexcept;
    void free_tree(node_index n) noexcept;
    /// Puts a child into a node, or into the neighbour it gets for lack of room. Counts it there, not above.
    void put(list_index list, node_index n, unsigned place, std::uint32_t child, std::uint32_t visible);
    void split(list_index list, node_index n);
    void set_parent(node const& of, std::uint32_t child, node_index n) noexcept {
        (of.leaf ? leaves_[child] : nodes_[child].parent) = n;
    }

    std::vector<node> nodes_;
    node_index free_ = no_node;
    std::vector<node_index> leaves_; // by slot: an item stands in one list
    std::vector<node_index> roots_;  // by list
    slot uncounted_ = no_slot;       // an item that has more elements than it is counted for
    std::uint32_t uncounted_elements_ = 0;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/position_index.ipp>
#endif
