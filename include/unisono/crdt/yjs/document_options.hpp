#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/random.hpp>
#include <unisono/crdt/yjs/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace unisono::inline v0::yjs {

/// Who is behind a transaction: any address, compared and handed on, never looked into. Null: nobody said.
using origin = void const*;

struct document_options {
    /// Whose elements local edits are. Must differ between replicas that edit at the same time, so by default
    /// it is 32 random bits, as in Yjs. At most 2^53-1.
    std::optional<std::uint64_t> client_id = {};

    /// Is the content of deleted elements forgotten? Without that a document only grows, and past states can
    /// be read.
    bool gc = true;

    /// What one update may hold; `clock` also bounds what one client may insert, and is at most 2^32-1 here.
    update_limits limits = {};

    /// How many bytes of updates may wait for what is missing before them. What exceeds that is dropped; as
    /// it does not count for state(), the next exchange of states brings it again.
    std::size_t waiting_bytes = 16 << 20;

    /// Where client ids come from, and the seed of what bounds the cost of looking up positions: the same
    /// numbers make the same document at the same cost. Must outlive the document.
    random_source* random = nullptr; ///< null: system_random()
};

/// Is what waits for something missing part of an encoded state?
enum class waiting_part { included, left_out };

/// What a transaction did, as V1 update or, for a listener to those, as V2 update.
struct update_event {
    bytes_view update; ///< valid during the call
    yjs::origin origin;
    bool local; ///< was it an edit, and not an update that came in?
};

} // namespace unisono::inline v0::yjs
