#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/position_index.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL void position_index::build(list_index list, slot first, item_arena const& items) {
    struct entry {
        std::uint32_t child;
        std::uint32_t visible;
    };
    std::vector<entry> row;
    for (slot s = first; s != no_slot; s = items[s].right)
        row.push_back({s, items[s].visible_length()});
    if (leaves_.size() < items.size())
        leaves_.resize(items.size(), no_node);
    if (roots_.size() <= list)
        roots_.resize(list + 1, no_node);

    // Level by level, from the leaves to the root.
    bool leaf = true;
    do {
        std::vector<entry> above{{make_node(leaf), 0}};
        for (auto const [child, visible] : row) {
            if (nodes_[above.back().child].size == built)
                above.push_back({make_node(leaf), 0});
            node& n = nodes_[above.back().child];
            n.children[n.size] = child;
            n.visible[n.size] = visible;
            ++n.size;
            set_parent(n, child, above.back().child);
            above.back().visible += visible;
        }
        row = std::move(above);
        leaf = false;
    } while (row.size() > 1);
    roots_[list] = row.front().child;
}

UNISONO_DECL void position_index::drop(list_index list) noexcept {
    count_all();
    if (covers(list))
        free_tree(std::exchange(roots_[list], no_node));
}

UNISONO_DECL position_index::found position_index::find(list_index list, std::uint32_t index) noexcept {
    count_all();
    std::uint32_t before = 0;
    for (node_index n = roots_[list];;) {
        node const& at = nodes_[n];
        unsigned i = 0;
        for (; index - before >= at.visible[i]; ++i)
            before += at.visible[i];
        if (at.leaf)
            return {at.children[i], before};
        n = at.children[i];
    }
}

UNISONO_DECL std::uint32_t position_index::before(slot s) noexcept {
    count_all();
    std::uint32_t before = 0;
    std::uint32_t child = s;
    for (node_index n = leaves_[s]; n != no_node; child = std::exchange(n, nodes_[n].parent)) {
        for (unsigned i = 0; nodes_[n].children[i] != child; ++i)
            before += nodes_[n].visible[i];
    }
    return before;
}

UNISONO_DECL bool position_index::precedes(slot a, slot b) const noexcept {
    // Up to where their ways meet; all leaves are equally deep.
    node_index above_a = leaves_[a];
    node_index above_b = leaves_[b];
    while (above_a != above_b) {
        a = std::exchange(above_a, nodes_[above_a].parent);
        b = std::exchange(above_b, nodes_[above_b].parent);
    }
    return place_of(nodes_[above_a], a) < place_of(nodes_[above_a], b);
}

UNISONO_DECL void position_index::insert(list_index list, slot s, slot left, std::uint32_t visible) {
    if (s >= leaves_.size())
        leaves_.resize(std::max<std::size_t>(s + 1, leaves_.size() + leaves_.size() / 2), no_node);
    node_index leaf = roots_[list];
    if (left != no_slot)
        leaf = leaves_[left];
    else if (nodes_[leaf].size > 0)
        leaf = leaves_[first_item(leaf)];
    put(list, leaf, left != no_slot ? place_of(nodes_[leaf], left) + 1 : 0, s, 0);
    add(s, visible);
}

UNISONO_DECL void position_index::remove(slot s) noexcept {
    count_all();
    node_index n = leaves_[s];
    count(n, s, 0 - nodes_[n].visible[place_of(nodes_[n], s)]);
    for (std::uint32_t child = s;;) {
        node& at = nodes_[n];
        unsigned const i = place_of(at, child);
        std::copy(at.visible.begin() + i + 1, at.visible.begin() + at.size, at.visible.begin() + i);
        std::copy(at.children.begin() + i + 1, at.children.begin() + at.size, at.children.begin() + i);
        if (--at.size > 0)
            return;
        if (at.parent == no_node) {
            at.leaf = true; // an empty tree is an empty leaf
            return;
        }
        child = std::exchange(n, at.parent);
        free_node(child);
    }
}

UNISONO_DECL void position_index::count(node_index n, std::uint32_t child, std::uint32_t more) noexcept {
    for (; n != no_node; child = std::exchange(n, nodes_[n].parent))
        nodes_[n].visible[place_of(nodes_[n], child)] += more;
}

UNISONO_DECL position_index::node_index position_index::make_node(bool leaf) {
    node_index n = free_;
    if (n != no_node) {
        free_ = nodes_[n].parent;
        nodes_[n] = {};
    } else {
        n = static_cast<node_index>(nodes_.size());
        nodes_.emplace_back();
    }
    nodes_[n].leaf = leaf;
    return n;
}

UNISONO_DECL void position_index::free_node(node_index n) noexcept {
    nodes_[n].parent = std::exchange(free_, n);
}

UNISONO_DECL void position_index::free_tree(node_index n) noexcept {
    // No deeper than the tree is high: seven with as many items as there are slots.
    node const& at = nodes_[n];
    for (unsigned i = 0; !at.leaf && i < at.size; ++i)
        free_tree(at.children[i]);
    free_node(n);
}

UNISONO_DECL void position_index::put(list_index list, node_index n, unsigned place, std::uint32_t child,
                                      std::uint32_t visible) {
    if (nodes_[n].size == fan_out) {
        split(list, n);
        if (place > fan_out / 2) {
            node const& above = nodes_[nodes_[n].parent];
            n = above.children[place_of(above, n) + 1];
            place -= fan_out / 2;
        }
    }
    node& to = nodes_[n];
    std::copy_backward(to.visible.begin() + place, to.visible.begin() + to.size,
                       to.visible.begin() + to.size + 1);
    std::copy_backward(to.children.begin() + place, to.children.begin() + to.size,
                       to.children.begin() + to.size + 1);
    to.visible[place] = visible;
    to.children[place] = child;
    ++to.size;
    set_parent(to, child, n);
}

/// Moves the second half of a full node into a new one beside it.
UNISONO_DECL void position_index::split(list_index list, node_index n) {
    node_index const beside = make_node(nodes_[n].leaf);
    std::uint32_t moved = 0;
    for (unsigned i = 0; i < fan_out / 2; ++i) {
        std::uint32_t const child = nodes_[n].children[fan_out / 2 + i];
        std::uint32_t const visible = nodes_[n].visible[fan_out / 2 + i];
        nodes_[beside].children[i] = child;
        nodes_[beside].visible[i] = visible;
        set_parent(nodes_[beside], child, beside);
        moved += visible;
    }
    nodes_[n].size = nodes_[beside].size = fan_out / 2;
    if (nodes_[n].parent == no_node) {
        node_index const root = make_node(false);
        std::uint32_t total = moved;
        for (unsigned i = 0; i < fan_out / 2; ++i)
            total += nodes_[n].visible[i];
        put(list, root, 0, n, total);
        roots_[list] = root;
    }
    node_index const above = nodes_[n].parent;
    put(list, above, place_of(nodes_[above], n) + 1, beside, 0);
    count(nodes_[n].parent, n, 0 - moved);
    count(nodes_[beside].parent, beside, moved);
}

} // namespace unisono::inline v0::yjs::detail
