#pragma once

#include <unisono/crdt/yjs/detail/journal.hpp>
#include <unisono/crdt/yjs/document_options.hpp>

namespace unisono::inline v0::yjs {

/// The moments of a transaction, in the order of Yjs. Between before_observers and after_observers the
/// observers of the changed types are called; the update is told last. What a transaction deleted can be read
/// until after_observers, then it is forgotten.
enum class transaction_stage {
    before,           ///< begins: Yjs's beforeTransaction
    before_observers, ///< all edits are done: beforeObserverCalls
    after_observers,  ///< afterTransaction
    after_cleanup,    ///< deleted content is gone: afterTransactionCleanup
};

/// A transaction, while its listeners are called.
struct transaction_event {
    transaction_stage stage;
    yjs::origin origin;
    bool local; ///< is it an edit, and not an update that came in?

    /// For the library: what it did. Empty before it began, sorted when it has ended.
    detail::journal const& changes;
};

} // namespace unisono::inline v0::yjs
