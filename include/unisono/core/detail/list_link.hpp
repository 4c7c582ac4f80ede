#pragma once

namespace unisono::inline v0::detail {

/// A place in an intrusive, circular, doubly linked list. The list itself is one more link: list_head.
/// `List` tells lists apart: an object may be in several.
template <class List>
struct list_link {
    list_link* next = nullptr;
    list_link* previous = nullptr;

    bool is_linked() const noexcept { return next != nullptr; }

    /// Precondition: it is in no list.
    void link_before(list_link& other) noexcept {
        next = &other;
        previous = other.previous;
        previous->next = this;
        other.previous = this;
    }
    /// Does nothing when it is in no list.
    void unlink() noexcept {
        if (!is_linked())
            return;
        previous->next = next;
        next->previous = previous;
        next = previous = nullptr;
    }
};

/// A list. What is still in it when it goes must not be unlinked any more.
template <class List>
struct list_head : list_link<List> {
    list_head() noexcept { this->next = this->previous = this; }
    list_head(list_head const&) = delete;
    list_head& operator=(list_head const&) = delete;

    bool empty() const noexcept { return this->next == this; }
};

} // namespace unisono::inline v0::detail
