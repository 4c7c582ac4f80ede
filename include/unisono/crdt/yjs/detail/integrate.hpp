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

/// As above, but never makes the run before longer. Precondition: `s.clock == state`.
void integrate_apart(document_store& store, client_index c, struct_view const& s);

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

/// Would elements of that kind, which their client writes next and with the same right origin, directly
/// continue the run at `s`? Joining the two at once is what would become of them at the end of the
/// transaction.
bool can_continue(document_store const& store, slot s, struct_kind kind);

/// Adds `length` elements, whose content has been stored, to the run.
void grow(document_store& store, slot s, content_place more, std::uint32_t length);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/integrate.ipp>
#endif
