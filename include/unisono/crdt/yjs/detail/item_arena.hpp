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

    /// Makes room for the first items; later growth stays geometric.
    void reserve(std::size_t count) {
        if (items_.empty())
            items_.reserve(count);
    }

    /// Gives back what growing took beyond a quarter of what there is.
    void trim() {
        if (items_.capacity() > items_.size() + items_.size() / 4)
            items_.shrink_to_fit();
    }

private:
    std::vector<item> items_;
    slot free_ = no_slot;
};

} // namespace unisono::inline v0::yjs::detail
