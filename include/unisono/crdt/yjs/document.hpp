#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/document_options.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace unisono::inline v0::yjs {

/// A Yjs document: shared types that converge on all replicas, whatever the order in which updates arrive.
///
/// Move-only; owns everything in it. Handles to its types stay valid when it moves, and must not outlive it.
/// Thread safety: one thread at a time, also for reading; distinct documents have nothing in common.
class document {
public:
    explicit document(document_options options = {});

    /// Takes in a V1 update, whatever it repeats. What lacks something before it waits inside until that
    /// comes; see waits(). `from` is handed on to listeners.
    ///
    /// Errors (codec_error, crdt_error): the update breaks the format or a limit. Nothing has changed then.
    result<void> apply_update(bytes_view update, origin from = nullptr) {
        return core_->apply_update(update, from);
    }

    /// All of the document as one V1 update, what waits included; or what a replica at `known` lacks.
    byte_buffer encode_state_as_update(state_vector const& known = {}) const;

    /// The elements that are there. What waits does not count.
    state_vector state() const;

    /// The elements that were deleted.
    delete_set deleted() const;

    /// Does anything wait for an update that has not come?
    bool waits() const noexcept { return core_->applier.waits(); }

    /// Runs `edit()`; its changes become one update. Transactions inside of it become part of it. When it
    /// throws, what it did stays done.
    template <class Edit>
    decltype(auto) transact(Edit&& edit, origin from = nullptr) {
        return core_->transact(from, std::forward<Edit>(edit));
    }

    /// Calls `listener` after each transaction that changed something. A transaction that a listener begins
    /// is told after this one. What a listener throws, transact() throws, with everything done and the
    /// listeners after it not called. Returns a number to remove it by.
    std::uint64_t on_update(std::function<void(update_event const&)> listener) {
        return core_->update_listeners.add(std::move(listener));
    }
    void remove_update_listener(std::uint64_t number) noexcept { core_->update_listeners.remove(number); }

    /// Whose elements local edits are now. Changes when an update shows that somebody else uses the same.
    std::uint64_t client_id() const noexcept { return core_->client_id(); }

    detail::document_core& core() noexcept { return *core_; } // for the tests of this folder

private:
    std::unique_ptr<detail::document_core> core_;
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/document.ipp>
#endif
