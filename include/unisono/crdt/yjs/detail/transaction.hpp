#pragma once

#include <unisono/crdt/yjs/detail/journal.hpp>
#include <unisono/crdt/yjs/document_options.hpp>

namespace unisono::inline v0::yjs::detail {

/// A transaction whose edits are done.
struct transaction {
    journal changes = {};
    yjs::origin origin = nullptr;
    bool local = true;
    bool cleans_formats = false; ///< see format_cleanup.hpp
};

} // namespace unisono::inline v0::yjs::detail
