#pragma once

#include <unisono/crdt/yjs/id.hpp>

#include <cstddef>
#include <span>

namespace unisono::inline v0::yjs {

/// What a document waits for after an update that changed that. Valid during the call.
struct waiting_event {
    std::span<id const>
        missing;       ///< of each client the element that has to come first; empty: nothing is missing
    std::size_t bytes; ///< of the structs that wait
};

} // namespace unisono::inline v0::yjs
