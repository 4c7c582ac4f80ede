#pragma once

#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/detail/element_set.hpp>

#include <functional>
#include <unordered_set>

/// Bringing deleted elements back. They cannot come back as they were: a deletion is for ever. So a copy with
/// a new name takes their place, and the document remembers which copy belongs to which (item::redone).
namespace unisono::inline v0::yjs::detail {

/// Calls `each(slot)` for the items of a range, cut so that they fill it exactly. What was forgotten is left
/// out. `each` may cut items.
template <class Each>
void for_each_item(document_store& store, element_range const& range, Each&& each) {
    for (std::uint32_t clock = range.clock; clock < range.end;) {
        slot const s = store.starting_at({range.client, clock});
        if (store.items[s].is(struct_kind::gc)) {
            clock = store.items[s].end();
            continue;
        }
        if (store.items[s].end() > range.end)
            store.cut(s, range.end - store.items[s].clock);
        clock = store.items[s].end();
        each(s);
    }
}

/// The item that holds the type in which an item stands; none for what stands in a root.
inline slot owner_of(document_store const& store, item const& it) noexcept {
    return store.types[store.types.list(it.list).type].owner;
}

/// Notes whether the content of an item, and of all items around it, must survive deletion. Stops where that
/// is so already.
void keep(document_store& store, slot s, bool kept) noexcept;

/// What an element is now, after all undoing and redoing.
element newest_copy(document_store const& store, element e) noexcept;

/// Undoes deletions.
class redoer {
public:
    /// `wanted`: all items to bring back. `unwanted(element)`: was, or is just about to be, deleted by the
    /// same user's undoing? `overwrite`: bring values of keys back even when others have set the key since.
    redoer(document_core& core, std::unordered_set<slot> const& wanted, std::function<bool(element)> unwanted,
           bool overwrite)
        : core_(core),
          store_(core.store),
          wanted_(wanted),
          unwanted_(std::move(unwanted)),
          overwrite_(overwrite) {}

    /// Brings back one item and, where they are wanted, the deleted types around it. Returns false when there
    /// is no place for it any more. Belongs inside a transaction.
    bool redo(slot s);

private:
    bool copy(slot s);
    slot copy_in(slot s, slot owner);
    bool place_of_key(slot s, slot owner, list_index list, slot& left);
    void copy_content(slot s, item& it);

    document_core& core_;
    document_store& store_;
    std::unordered_set<slot> const& wanted_;
    std::function<bool(element)> unwanted_;
    bool overwrite_;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/redo.ipp>
#endif
