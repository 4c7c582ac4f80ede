#pragma once

#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/clock_directory.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Makes a document from the structs of one update, of which nothing is known yet.
///
/// First it takes all of them down, as items that stand in the arena in the order of the update: the clocks
/// of a client are a row without a gap then. So what origins point at is found by a directory of the row, as
/// soon as everything is there. Then it links one item after the other, first those that others wait for; by
/// that time every neighbour is known by its slot, and only what is cut is searched for again.
///
/// Members are to be called in the order in which they stand here. False: the update is not complete in
/// itself or has something that needs more care, and what was made is to be thrown away.
class bulk_loader {
public:
    /// Into `store`, which holds no items. `clients` is how many have structs.
    bulk_loader(document_store& store, std::size_t clients) : store_(store), most_clients_(clients) {}

    /// Takes down the next struct of the update.
    bool add(struct_view const& s);

    /// Finds what the structs refer to, and looks at the ranges that are to be deleted.
    bool resolve(std::span<delete_range const> deleted);

    /// Gives every item its place.
    bool link();

    /// Deletes the ranges.
    void erase();

    /// Notes what the end of the transaction has to look at.
    void finish();

private:
    /// What holds an item without origins.
    struct parent {
        type_index root = no_index;
        element owner = {}; ///< otherwise
        text_index key = no_text;
    };

    struct author {
        slot first = no_slot; ///< of its items; they end before `end`
        slot end = no_slot;
        slot next = no_slot; ///< to be linked
        std::uint32_t state = 0;
        std::uint32_t erased = 0; ///< end of the last range to be deleted
        slot wanted = no_slot;    ///< somebody waits until this one is linked
        bool waits = false;       ///< for somebody else
        clock_directory places;

        bool wrote() const noexcept { return first != no_slot; }
    };

    bool begin(struct_view const& s);
    client_index intern(std::uint64_t id);
    void end_author();
    void join(struct_view const& s);
    bool is_joined(slot s) const noexcept { return std::binary_search(joined_.begin(), joined_.end(), s); }
    bool refer(id const& to, element& out);
    bool note_parent(struct_view const& s, item& it);
    bool continues(struct_view const& s, element origin, element right_origin) noexcept;

    bool find_neighbours(slot s);
    bool find_range(delete_range const& range);
    bool is_known(element e) const noexcept { return e.clock < authors_[e.client].state; }
    /// The item that has the element, as long as nothing of it was cut.
    slot find(element e) const noexcept { return authors_[e.client].places.find(e.clock, store_.items); }

    bool link_from(client_index first);
    element blocked_by(item const& it) const noexcept;
    bool link_next(slot s);
    /// Cuts without leaving it to the end of the transaction to see whether the parts join again.
    template <class Cut>
    slot quietly(Cut&& cut) {
        bool const loose_ends = store_.changes.loose_ends;
        slot const s = cut();
        store_.changes.loose_ends = loose_ends;
        return s;
    }
    slot ending_at(slot s, element e);
    slot starting_at(slot s, element e);

    document_store& store_;
    std::size_t most_clients_;
    std::vector<author> authors_;     // by client
    client_index author_ = no_client; // of the structs that are being added
    std::uint64_t author_id_ = 0;
    std::uint64_t clock_ = 0; // of its next struct
    slot next_ = 0;           // to be added
    std::vector<parent> parents_;
    std::vector<slot> joinable_;         // with the item before, perhaps
    std::vector<element_range> deleted_; // what is not deleted by itself
    std::vector<client_index> stack_;
    std::size_t following_ = 0;
    std::size_t others_ = 0;
    std::vector<slot> joined_; // runs of several structs
    std::size_t content_bytes_ = 0;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/bulk_loader.ipp>
#endif
