#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/position_index.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL void position_index::build(list_index list, slot first, item_arena const& items) {
    nodes_.resize(std::max(nodes_.size(), items.size()));
    // A treap grows from left to right along its right edge. What leaves the edge is complete.
    std::vector<slot> edge;
    auto const leave = [&] {
        slot const done = edge.back();
        edge.pop_back();
        nodes_[done].visible += below(nodes_[done].left) + below(nodes_[done].right);
        return done;
    };
    for (slot s = first; s != no_slot; s = items[s].right) {
        nodes_[s] = {};
        nodes_[s].visible = items[s].visible() ? items[s].length : 0;
        while (!edge.empty() && priority(edge.back()) < priority(s))
            nodes_[s].left = leave();
        if (nodes_[s].left != no_slot)
            nodes_[nodes_[s].left].parent = s;
        if (!edge.empty()) {
            nodes_[edge.back()].right = s;
            nodes_[s].parent = edge.back();
        }
        edge.push_back(s);
    }
    slot root = no_slot;
    while (!edge.empty())
        root = leave();
    if (list >= roots_.size())
        roots_.resize(list + 1, not_covered);
    roots_[list] = root;
}

UNISONO_DECL position_index::found position_index::find(list_index list, std::uint32_t index) const noexcept {
    slot s = roots_[list];
    std::uint32_t before = 0;
    for (;;) {
        node const& n = nodes_[s];
        std::uint32_t const left = below(n.left);
        if (index < before + left) {
            s = n.left;
        } else if (index < before + left + own(s)) {
            return {s, before + left};
        } else {
            before += left + own(s);
            s = n.right;
        }
    }
}

UNISONO_DECL std::uint32_t position_index::before(slot s) const noexcept {
    std::uint32_t before = below(nodes_[s].left);
    for (slot parent = nodes_[s].parent; parent != no_slot; s = parent, parent = nodes_[s].parent) {
        if (nodes_[parent].right == s)
            before += below(nodes_[parent].left) + own(parent);
    }
    return before;
}

UNISONO_DECL bool position_index::precedes(slot a, slot b) const noexcept {
    if (a == b)
        return false;
    // Up to below the node where their ways meet; one of them may be that node.
    unsigned depth_a = depth(a);
    unsigned depth_b = depth(b);
    for (; depth_a > depth_b; --depth_a, a = nodes_[a].parent) {
        if (nodes_[a].parent == b)
            return nodes_[b].left == a;
    }
    for (; depth_b > depth_a; --depth_b, b = nodes_[b].parent) {
        if (nodes_[b].parent == a)
            return nodes_[a].right == b;
    }
    while (nodes_[a].parent != nodes_[b].parent) {
        a = nodes_[a].parent;
        b = nodes_[b].parent;
    }
    return nodes_[nodes_[a].parent].left == a;
}

UNISONO_DECL void position_index::insert(list_index list, slot s, slot left, std::uint32_t visible) {
    if (s >= nodes_.size())
        nodes_.resize(std::max<std::size_t>(s + 1, nodes_.size() + nodes_.size() / 2));
    slot& root = roots_[list];
    nodes_[s] = {};
    if (root == no_slot) {
        nodes_[s].visible = visible;
        root = s;
        return;
    }
    // Directly behind `left` there is a free place: its own right side, or the left end of that.
    slot parent = left;
    slot next = left == no_slot ? root : nodes_[left].right;
    bool const on_the_right = next == no_slot;
    for (; next != no_slot; next = nodes_[next].left)
        parent = next;
    (on_the_right ? nodes_[parent].right : nodes_[parent].left) = s;
    nodes_[s].parent = parent;
    add(s, visible);
    while (nodes_[s].parent != no_slot && priority(nodes_[s].parent) < priority(s))
        rotate_up(root, s);
}

UNISONO_DECL void position_index::remove(list_index list, slot s) noexcept {
    slot& root = roots_[list];
    add(s, 0 - own(s));
    while (nodes_[s].left != no_slot && nodes_[s].right != no_slot) {
        slot const left = nodes_[s].left;
        slot const right = nodes_[s].right;
        rotate_up(root, priority(left) > priority(right) ? left : right);
    }
    slot const child = nodes_[s].left != no_slot ? nodes_[s].left : nodes_[s].right;
    slot const parent = nodes_[s].parent;
    replace_child(root, parent, s, child);
    if (child != no_slot)
        nodes_[child].parent = parent;
}

UNISONO_DECL void position_index::add(slot s, std::uint32_t more) noexcept {
    for (; s != no_slot; s = nodes_[s].parent)
        nodes_[s].visible += more;
}

UNISONO_DECL void position_index::replace_child(slot& root, slot parent, slot child, slot by) noexcept {
    if (parent == no_slot)
        root = by;
    else
        (nodes_[parent].left == child ? nodes_[parent].left : nodes_[parent].right) = by;
}

UNISONO_DECL void position_index::rotate_up(slot& root, slot s) noexcept {
    slot const parent = nodes_[s].parent;
    slot const above = nodes_[parent].parent;
    std::uint32_t const of_parent = own(parent);
    bool const from_left = nodes_[parent].left == s;
    slot& inner = from_left ? nodes_[s].right : nodes_[s].left;
    (from_left ? nodes_[parent].left : nodes_[parent].right) = inner;
    if (inner != no_slot)
        nodes_[inner].parent = parent;
    inner = parent;
    nodes_[parent].parent = s;
    nodes_[s].parent = above;
    replace_child(root, above, parent, s);
    nodes_[s].visible = nodes_[parent].visible;
    nodes_[parent].visible = of_parent + below(nodes_[parent].left) + below(nodes_[parent].right);
}

} // namespace unisono::inline v0::yjs::detail
