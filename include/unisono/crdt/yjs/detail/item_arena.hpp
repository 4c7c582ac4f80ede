#pragma once

#include <unisono/crdt/yjs/detail/item.hpp>

#include <cstddef>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Owns the items of a document and hands out their slots; a slot that was given back is used again.
class item_arena {
public:
    /// The reference lasts until the next make().
    item& operator[](slot s) noexcept { return items_[s]; }
    item const& operator[](slot s) const noexcept { return items_[s]; }

    slot make(item const& value) {
        if (free_ == no_slot) {
            items_.push_back(value);
            return static_cast<slot>(items_.size() - 1);
        }
        slot const s = free_;
        free_ = items_[s].right;
        items_[s] = value;
        return s;
    }

    void free(slot s) noexcept {
        items_[s] = item{};
        items_[s].right = free_;
        free_ = s;
    }

    /// Slots in use and free: every slot is below.
    std::size_t size() const noexcept { return items_.size(); }

    void reserve(std::size_t more) {
        // Exactly, when a document is loaded into nothing; later growth stays geometric.
        if (items_.empty())
            items_.reserve(more);
    }

private:
    std::vector<item> items_;
    slot free_ = no_slot;
};

} // namespace unisono::inline v0::yjs::detail
