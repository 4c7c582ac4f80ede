#pragma once

namespace unisono::inline v0::detail {

/// A place in an intrusive, circular, doubly linked list. The list itself is one more link.
/// `List` tells lists apart: an object may be in several.
template <class List>
struct list_link {
    list_link* next = nullptr;
    list_link* previous = nullptr;

    void make_list() noexcept { next = previous = this; }

    void link_before(list_link& other) noexcept {
        next = &other;
        previous = other.previous;
        previous->next = this;
        other.previous = this;
    }
    void unlink() noexcept {
        previous->next = next;
        next->previous = previous;
        next = previous = nullptr;
    }
};

} // namespace unisono::inline v0::detail
