#pragma once

#include <unisono/crdt/yjs/detail/client_table.hpp>
#include <unisono/crdt/yjs/detail/item.hpp>
#include <unisono/crdt/yjs/detail/type_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Elements of one client with a clock in [clock, end).
struct element_range {
    client_index client;
    std::uint32_t clock;
    std::uint32_t end;
};

/// A client that has new elements: those from `before` on.
struct client_advance {
    client_index client;
    std::uint32_t before;
};

/// What happened to a document inside of the document.
struct document_change {
    enum class action : std::uint8_t { added, removed, loaded };

    element at;
    action what;

    friend bool operator==(document_change const&, document_change const&) = default;
};

/// What a transaction did, so that its end costs what it changed and not what there is.
struct journal {
    std::vector<client_advance> advanced; ///< in order of appearance, then, after sort(), of the wire
    std::vector<element_range> deleted;   ///< in order of deletion, then, after sort(), of the wire
    std::vector<element> cuts;            ///< first elements of items that might join what is beside them

    std::vector<client_index>
        deleted_clients; ///< in the order of the first deletion; see note_deletion_order()

    /// Lists in which something changed, in that order and with repetitions. Only noted when somebody may
    /// want to hear of it; see document_store::notes_lists.
    std::vector<list_index> lists;

    std::vector<document_change> documents;

    /// May there be something to forget, to join or to compact at the end? Going on with a run and moving the
    /// boundary of a deleted one leave nothing of the kind, and more than nine in ten edits do no more.
    bool loose_ends = false;

    /// Is there nothing to tell others?
    bool empty() const noexcept { return advanced.empty() && deleted.empty(); }

    void add_deleted(element_range range) {
        if (!deleted.empty() && deleted.back().client == range.client && deleted.back().end == range.clock)
            deleted.back().end = range.end;
        else
            deleted.push_back(range);
    }

    bool adds_to(client_index c) const noexcept {
        return std::any_of(advanced.begin(), advanced.end(), [&](auto const& a) { return a.client == c; });
    }

    /// Notes that an update will hold what a later transaction added, too: as in Yjs it holds all that there
    /// is by then. Stays sorted.
    void add_clients(journal const& later, client_table const& clients) {
        for (client_advance const& a : later.advanced) {
            if (!adds_to(a.client))
                advanced.push_back(a);
        }
        sort(clients);
    }

    void add_document(element e, bool loaded) {
        documents.push_back({e, document_change::action::added});
        if (loaded)
            documents.push_back({e, document_change::action::loaded});
    }
    void remove_document(element e) {
        // One that came in this transaction has not been heard of.
        if (std::erase(documents, document_change{e, document_change::action::added}) == 0)
            documents.push_back({e, document_change::action::removed});
    }

    /// For who wants to go through the deletions in the order of Yjs. Before sort().
    void note_deletion_order(client_table const& clients) {
        std::vector<bool> known(clients.size());
        for (element_range const& range : deleted) {
            if (!known[range.client])
                deleted_clients.push_back(range.client);
            known[range.client] = true;
        }
    }

    /// Puts everything into the order of the wire and joins deleted ranges that touch.
    void sort(client_table const& clients) {
        if (advanced.size() > 1)
            std::sort(advanced.begin(), advanced.end(),
                      [&](client_advance const& a, client_advance const& b) {
                          return clients[a.client].id > clients[b.client].id;
                      });
        if (deleted.size() > 1)
            sort_deleted(clients);
    }

    void clear() noexcept {
        advanced.clear();
        deleted.clear();
        cuts.clear();
        if (deleted.capacity() > kept_ranges) // a document was loaded
            deleted.shrink_to_fit();
        deleted_clients.clear();
        lists.clear();
        documents.clear();
        loose_ends = false;
    }

private:
    static constexpr std::size_t kept_ranges = 256;

    void sort_deleted(client_table const& clients) {
        auto const before = [&](element_range const& a, element_range const& b) {
            return a.client != b.client ? clients[a.client].id > clients[b.client].id : a.clock < b.clock;
        };
        if (!std::is_sorted(deleted.begin(), deleted.end(), before)) // as they are in a document being loaded
            std::sort(deleted.begin(), deleted.end(), before);
        std::size_t kept = 0;
        for (element_range const& range : deleted) {
            if (kept > 0 && deleted[kept - 1].client == range.client && deleted[kept - 1].end >= range.clock)
                deleted[kept - 1].end = std::max(deleted[kept - 1].end, range.end);
            else
                deleted[kept++] = range;
        }
        deleted.resize(kept);
    }
};

} // namespace unisono::inline v0::yjs::detail
