#pragma once

#include <unisono/crdt/yjs/detail/client_table.hpp>
#include <unisono/crdt/yjs/detail/item_arena.hpp>
#include <unisono/crdt/yjs/detail/journal.hpp>
#include <unisono/crdt/yjs/detail/position_index.hpp>
#include <unisono/crdt/yjs/detail/redone_table.hpp>
#include <unisono/crdt/yjs/detail/type_table.hpp>
#include <unisono/crdt/yjs/id.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Where in which type somebody looked last: elements before the item at `at` are `before` in number.
///
/// People type where they typed before: in the largest public editing trace 98% of all edits are at most one
/// element away from the last one.
struct sequence_cursor {
    type_index type = no_index; ///< none: not known
    slot at = no_slot;          ///< a visible item
    std::uint32_t before = 0;
};

/// The data of a document, and the few operations on it that everything else is made of.
struct document_store {
    item_arena items;
    client_table clients;
    type_table types;
    journal changes; ///< of the running transaction
    redone_table redone;

    /// Has the running transaction an end at which somebody wants to know what changed?
    bool notes_changes = true;

    /// Does anybody want to know in which lists something changes?
    bool notes_lists = false;

    /// May content be forgotten the moment it is deleted? Yes when nobody will ask for it at the end of the
    /// transaction.
    bool forgets_at_once = false;

    /// Kept up by local edits; everything else has to forget it.
    sequence_cursor cursor;

    /// For the children of types in which somebody looked far away.
    position_index positions;

    /// Stamps of the running search for a place (see integrate.hpp), by slot; empty until two people first
    /// wrote at the same place.
    std::vector<std::uint32_t> scan_stamps;
    std::uint32_t scan_stamp = 0;

    /// Precondition of all that takes an element: it is known.
    struct_index::place locate(element e) const noexcept {
        return clients[e.client].structs.find(e.clock, items);
    }
    slot find(element e) const noexcept {
        auto const& structs = clients[e.client].structs;
        return structs.at(structs.find(e.clock, items));
    }
    yjs::id id_of(element e) const noexcept { return {clients[e.client].id, e.clock}; }

    type_record& type_of(item const& it) noexcept { return types[types.list(it.list).type]; }

    /// Is there nothing visible in that type any more, because what holds it was deleted?
    bool is_deleted(type_record const& t) const noexcept {
        return t.owner != no_slot && items[t.owner].deleted;
    }

    /// Cuts an item before its element number `at` and returns the second part. 0 < at < length.
    slot cut(slot s, std::uint32_t at);
    /// As above, for who knows where the item stands in its client's index already.
    slot cut(client_index c, struct_index::place place, std::uint32_t at);

    /// The item whose last (first) element is `e`, cut for that if need be. What is forgotten is not cut.
    slot ending_at(element e);
    slot starting_at(element e);

    /// Adds a struct to its client's history.
    slot append(item const& it);

    /// Would elements of that kind, which their client writes next and with the same right origin, directly
    /// continue the run at `s`? Joining the two at once is what would become of them at the end of the
    /// transaction.
    UNISONO_HOT bool can_continue(slot s, struct_kind kind) const noexcept {
        item const& run = items[s];
        bool const same = run.is(kind) && run.deleted == (kind == struct_kind::deleted);
        if (!same || !is_run(kind) || run.redone || run.keep || run.end() != clients[run.client].state)
            return false;
        element const right = run.right != no_slot ? items[run.right].first() : element{};
        return run.right_origin() == right && !types.list(run.list).keyed();
    }

    /// Adds elements to the last struct of their client, which holds their content already.
    UNISONO_HOT void extend(slot s, std::uint32_t length) {
        item& run = items[s];
        if (run.deleted)
            note_deleted({run.client, run.end(), run.end() + length});
        else
            add_visible(s, length);
        note_change(run.list);
        run.length += length;
        advance(run.client, length);
    }

    /// Gives an item its place behind `left` in its list; no_slot: at the front. Its elements are not counted
    /// yet.
    void link(slot s, slot left);

    /// Is the element one that the running transaction added?
    bool is_new(element e) const noexcept {
        client_record const& client = clients[e.client];
        return client.advanced && e.clock >= client.state_before;
    }

    void note_deleted(element_range range) {
        if (notes_changes)
            changes.add_deleted(range);
    }

    /// Of a type that is deleted nobody hears, and its lists may be gone by the time somebody looks.
    void note_change(list_index list) {
        if (notes_lists && (changes.lists.empty() || changes.lists.back() != list) &&
            !is_deleted(types[types.list(list).type]))
            changes.lists.push_back(list);
    }

    /// Ends the running transaction, and hands out what it did.
    void end_changes() noexcept {
        for (client_advance const& a : changes.advanced)
            clients[a.client].advanced = false;
        changes.clear();
    }
    void take_changes(journal& out) {
        out = changes;
        end_changes();
    }

    /// Notes that an item has more, or with wrap-around fewer, visible elements than before.
    UNISONO_HOT void add_visible(slot s, std::uint32_t more) noexcept {
        list_index const list = items[s].list;
        if (auto const& record = types.list(list); !record.keyed())
            types[record.type].length += more;
        if (positions.covers(list))
            positions.add(s, more);
    }

    /// Are two structs of one client, whose clocks follow each other, one run?
    bool joins(slot l, slot r) const noexcept {
        item const& left = items[l];
        item const& right = items[r];
        if (left.kind != right.kind || left.deleted != right.deleted)
            return false;
        if (left.is(struct_kind::gc))
            return true;
        return left.right == r && right.origin() == left.last() &&
               left.right_origin() == right.right_origin() && !left.redone && !right.redone &&
               is_run(left.content_kind());
    }

    /// Joins the struct at `right` with the one before. Precondition: joins().
    void join_with_previous(client_index c, struct_index::place right);

private:
    UNISONO_HOT void advance(client_index c, std::uint32_t length) {
        client_record& client = clients[c];
        if (notes_changes && !client.advanced) {
            client.advanced = true;
            client.state_before = client.state;
            changes.advanced.push_back({c, client.state});
        }
        client.state += length;
    }
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/document_store.ipp>
#endif
