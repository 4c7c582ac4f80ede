#pragma once

#include <unisono/core/detail/keep_first.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace unisono::inline v0 {

/// One document in memory, as seen from outside.
struct document_inspection {
    std::string name = {};
    bool loading = false;
    std::size_t clients = 0;
    std::size_t bytes = 0;          ///< of memory, roughly
    std::size_t unconfirmed = 0;    ///< changes that are being stored
    std::size_t waiting = 0;        ///< requests that wait until it is loaded
    std::size_t log_records = 0;    ///< in the store, behind the snapshot
    std::size_t log_bytes = 0;      ///< likewise
    std::size_t snapshot_bytes = 0; ///< in the store
    std::size_t quarantined = 0;    ///< damaged records that were set aside when it was loaded
    /// Since a change was last stored; negative: none since it was loaded.
    std::chrono::milliseconds stored_ago{-1};
};

/// The documents of one shard, or of all, at one moment.
struct documents_inspection {
    std::size_t documents = 0; ///< in memory
    std::size_t clients = 0;   ///< one in two documents counted twice
    std::size_t bytes = 0;
    std::size_t unconfirmed = 0;
    std::vector<document_inspection> largest = {}; ///< most bytes first

    /// Puts those of another shard to these; `largest` is in no order then.
    void add(documents_inspection const& others) {
        documents += others.documents;
        clients += others.clients;
        bytes += others.bytes;
        unconfirmed += others.unconfirmed;
        largest.insert(largest.end(), others.largest.begin(), others.largest.end());
    }

    /// Keeps at most so many in `largest`, in their order.
    void keep_largest(std::size_t most) {
        detail::keep_first(largest, most, [](auto const& a, auto const& b) {
            return a.bytes != b.bytes ? a.bytes > b.bytes : a.name < b.name;
        });
    }
};

} // namespace unisono::inline v0
