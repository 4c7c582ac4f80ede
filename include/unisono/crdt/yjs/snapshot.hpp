#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/id.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>

namespace unisono::inline v0::yjs {

/// Names a state of a document: the elements that were there, and those of them that were deleted. Small
/// beside the document, which must still hold the content to read that state; see document::at().
///
/// A value type. Equal states have equal snapshots, and these have equal bytes.
struct snapshot {
    delete_set deleted = {};
    state_vector state = {};

    /// The form in which Yjs's encodeSnapshot and encodeSnapshotV2 write it.
    byte_buffer encode() const;
    byte_buffer encode_v2() const;

    /// Errors: codec_error, crdt_error.
    static result<snapshot> decode(bytes_view bytes, update_limits const& limits = {});
    static result<snapshot> decode_v2(bytes_view bytes, update_limits const& limits = {});

    /// Was the element there, and not deleted?
    bool shows(id element) const noexcept {
        return element.clock < state.get(element.client) && !deleted.contains(element);
    }

    friend bool operator==(snapshot const&, snapshot const&) = default;
};

/// Does the state comprise all of an update, so that taking it in changed nothing? As Yjs's
/// snapshotContainsUpdate. Errors: those of validate_update().
result<bool> contains_update(snapshot const& state, bytes_view update, update_limits const& limits = {});
result<bool> contains_update_v2(snapshot const& state, bytes_view update, update_limits const& limits = {});

/// The part of `update` that leads to that state. Given all of a document that forgets nothing (gc off), it
/// loads to what the document was at that time.
///
/// Errors: those of validate_update(); crdt_error::missing_elements when the update ends before the state.
result<byte_buffer> update_at(bytes_view update, snapshot const& state, update_limits const& limits = {});

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/snapshot.ipp>
#endif
