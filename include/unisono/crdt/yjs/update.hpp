#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Operations on Yjs updates (V1) that need no document: what a server that stores and forwards does.
///
/// All of them check every update completely first; one bad update makes the whole call fail. They accept
/// clients in any order, and a client named twice, where Yjs loses data; they write canonical updates.
/// Time is linear in the bytes, times the logarithm of the number of updates; memory is a few words per
/// client and update beside the result.
///
/// Limits hold for each update, and for the result: what these functions write they can read again.
///
/// Errors: codec_error and crdt_error. Thread safety: free functions without state.
namespace unisono::inline v0::yjs {

/// Would every Yjs implementation understand `update`? Checks all but the syntax of JSON texts.
result<void> validate_update(bytes_view update, update_limits const& limits = {});

/// One update that has the effect of all of them. Equals the result of Yjs's mergeUpdates byte for byte,
/// except where Yjs leaves it to chance: a forgotten (gc) struct then wins over one with content.
/// Gaps become skips; a single canonical update comes back unchanged.
result<byte_buffer> merge_updates(std::span<bytes_view const> updates, update_limits const& limits = {});

/// As merge_updates(), and joins neighbouring runs (text after text, values after values, forgotten after
/// forgotten) that one client wrote one after the other. Loads to the same document, but a typing session
/// costs one struct instead of one per key: for storage.
result<byte_buffer> compact_updates(std::span<bytes_view const> updates, update_limits const& limits = {});

/// The part of `update` that a replica at `state_vector` (its encoded form) lacks, and all it deletes.
result<byte_buffer> diff_update(bytes_view update, bytes_view state_vector, update_limits const& limits = {});

/// `update` as several that are about `bytes` long each and have its effect when they are applied one after
/// the other. What waits for the end of one of them need not wait for the end of all. No struct is cut, so
/// one with a long text makes a longer part; deletions are in the last.
///
/// The order is that of the update, client by client: what a client wrote beside another one's text waits
/// until that comes, in a later part perhaps. A document that takes the parts in must allow for so much
/// (document_options::waiting_bytes).
result<std::vector<byte_buffer>> split_update(bytes_view update, std::size_t bytes,
                                              update_limits const& limits = {});

/// The encoded state vector of a replica that has seen nothing but `update`. A client whose first element
/// is missing in it is left out.
result<byte_buffer> state_vector_from_update(bytes_view update, update_limits const& limits = {});

/// What an update is about.
struct update_meta {
    struct client_range {
        std::uint64_t client;
        std::uint64_t from; ///< clock of the first struct
        std::uint64_t to;   ///< end of the last one

        friend bool operator==(client_range const&, client_range const&) = default;
    };
    std::vector<client_range> clients; ///< descending
    bool deletes = false;              ///< does it name deleted elements?
};

result<update_meta> parse_update_meta(bytes_view update, update_limits const& limits = {});

namespace detail {

class update_index;

/// What the one update in the index, of which it takes the ranges, is about.
update_meta meta_of(update_index& index);

} // namespace detail
} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/update.ipp>
#endif
