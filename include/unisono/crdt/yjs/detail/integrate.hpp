#pragma once

#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <optional>

namespace unisono::inline v0::yjs::detail {

/// Gives a new item its place in its list: behind `left`, unless others wrote there at the same time.
///
/// YATA (Nicolaescu, Jahns, Derntl, Klamma: "Near Real-Time Peer-to-Peer Shared Editing on Extensible Data
/// Types", GROUP 2016) in the variant of Yjs, which also looks at the right origin. Every replica finds the
/// same order, whatever the order in which it hears of the items:
///
/// Those that stand between `left` and `right` now were unknown to the author of the new item. An item among
/// them with the same origin competes with the new one, and the smaller client goes first. One whose origin
/// is a competitor, or stands behind one, belongs to that competitor and must stay with it. The first one
/// that has its origin further left ends the search: the lines of origins must not cross.
///
/// Returns what the item stands behind; no_slot: nothing.
slot find_place(document_store& store, item const& it, slot left, slot right);

/// Takes in a struct of an update, whose references are known and whose first elements may be known, too.
/// Preconditions: `s.client` is `c`, and `s.clock <= state < s.end()`; not a skip.
void integrate(document_store& store, client_index c, struct_view const& s);

/// The last run of a client when `s` was written directly behind it, and in front of the same neighbour: most
/// often, for people go on typing. Then all that `s` refers to is known. no_slot: it was not.
/// Precondition: `s.clock == state`.
inline slot run_before(document_store const& store, client_index c, struct_view const& s) noexcept {
    if (!s.origin || *s.origin != id{s.client, s.clock - 1}) // never at clock 0
        return no_slot;
    slot const last = store.clients[c].structs.back();
    element const right = store.items[last].right_origin();
    bool const same =
        s.right_origin.has_value() == bool{right} && (!right || store.id_of(right) == *s.right_origin);
    return same ? last : no_slot;
}

/// Takes in a struct that goes on where its client stopped, by making that run longer. Then no item is
/// needed. False, and nothing has changed, when it is not that. Precondition: as above.
bool continue_run(document_store& store, client_index c, struct_view const& s);

/// As integrate(), but never makes the run before longer. Precondition: `s.clock == state`.
void integrate_apart(document_store& store, client_index c, struct_view const& s);

/// The list of a type, or of one of its keys: the type is `root`, or without one that of the item with the
/// element `owner`. no_index: that was forgotten.
list_index list_of(document_store& store, type_index root, element owner, text_index key);

/// The list for an item between these two; `named()` is the one that it names when it has no neighbours.
/// no_index: it belongs beside or into something that was forgotten.
template <class Named>
list_index list_between(document_store const& store, slot left, slot right, Named&& named) {
    auto const& items = store.items;
    auto const gone = [&](slot s) { return s != no_slot && items[s].is(struct_kind::gc); };
    if (gone(left) || gone(right))
        return no_index;
    if (left != no_slot)
        return items[left].list;
    return right != no_slot ? items[right].list : named();
}

/// The first element that `s` refers to and that is not known yet. What its own client wrote is: structs of
/// one client are taken in one after the other, and none refers to a later one.
std::optional<id> unmet_dependency(document_store const& store, struct_view const& s);

/// Cuts where a struct refers to, as integrate() does for those it takes in. Yjs does so before it notices
/// that it knows a struct, and that shows: cutting inside of a surrogate pair destroys it. Precondition: the
/// references are known.
void cut_at_references(document_store& store, struct_view const& s);

/// Takes in an item that has its content, behind `left`. What Yjs's rules say on top of the order: of the
/// values of a key only the last one lives, and nothing lives inside of what was deleted.
slot place_item(document_store& store, item const& it, slot left);
/// As above, for an item that is part of its client's history already.
void place_item(document_store& store, slot s, slot left);

/// Takes the content of a struct into the heap of its client, or makes its type. Returns where it is.
content_place store_content(document_store& store, client_index c, struct_view const& s);

/// Makes `more` the continuation of what a run of `heap` holds.
void grow_content(content_heap& heap, item& run, content_place more, std::uint32_t length);

/// Adds `length` elements, whose content has been stored, to the run.
void grow(document_store& store, slot s, content_place more, std::uint32_t length);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/integrate.ipp>
#endif
