#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/crdt/yjs/detail/element_set.hpp>
#include <unisono/crdt/yjs/detail/listener_list.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/shared_type.hpp>
#include <unisono/crdt/yjs/transaction_event.hpp>

#include <any>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs {

/// One step of undoing: the transactions of one moment.
class undo_step {
public:
    /// What the program wants to find again when the step is undone, for example where the cursor was.
    std::map<std::string, std::any, std::less<>> meta;

private:
    friend class undo_manager;
    detail::element_set inserted_;
    detail::element_set deleted_;
};

enum class undo_stack { undo, redo };

/// What happened to the stacks of an undo_manager.
struct undo_event {
    enum class change {
        added,   ///< a new step lies on the stack
        updated, ///< the step on top has become larger
        popped,  ///< a step was taken from the stack and has been undone or redone
        cleared, ///< the stack is empty now
    };
    change what;
    undo_stack stack;
    undo_step* step;    ///< null when cleared; valid during the call
    yjs::origin origin; ///< of the transaction that did it; null when cleared

    /// The types that the transaction changed, with all types around them; empty when cleared. Valid during
    /// the call.
    std::span<shared_type const> changed;
};

/// Something that undoing is about to delete.
struct undo_deletion {
    shared_type parent;
    std::optional<shared_type> nested; ///< the type, if it is one
    id first;                          ///< of `length` elements
    std::uint32_t length;
};

struct undo_options {
    /// Transactions that follow each other within less become one step. 0: each is one.
    std::chrono::milliseconds capture_timeout{500};

    /// Whose transactions are undone. By default those for which nobody gave an origin.
    std::vector<origin> tracked_origins = {nullptr};

    /// Asked after each transaction with a tracked origin: is it to be undone?
    std::function<bool(origin)> capture = {};

    /// Asked for everything that undoing would delete: may it? What is not deleted stays, and the step counts
    /// as undone.
    std::function<bool(undo_deletion const&)> may_delete = {};

    /// By default a value of a key that others have set since is left alone. True: undoing overwrites it.
    bool overwrite_remote_keys = false;

    /// Must outlive the manager.
    clock const* time = nullptr; ///< null: system_clock()
};

/// Undoes and redoes what was done in some types of a document, also when others have edited in between: only
/// one's own changes are taken back. Works as UndoManager of Yjs 13.6 and makes the same elements.
///
/// While it exists, and as long as it remembers them, deleted elements in its scope keep their content, also
/// in documents with gc. Undo steps are local: they are neither encoded nor sent.
///
/// Must not outlive its document. Its address is the origin of the transactions it makes. Thread safety: that
/// of the document.
class undo_manager {
public:
    /// Undoes changes in these types and in all that they hold. Throws std::invalid_argument when there is
    /// none, or one of another document.
    explicit undo_manager(std::span<shared_type const> scope, undo_options options = {});
    explicit undo_manager(shared_type const& scope, undo_options options = {})
        : undo_manager(std::span{&scope, 1}, std::move(options)) {}

    /// Undoes changes in the whole document.
    explicit undo_manager(document& scope, undo_options options = {});

    undo_manager(undo_manager const&) = delete;
    undo_manager& operator=(undo_manager const&) = delete;
    ~undo_manager();

    /// Undoes the last step that still has an effect, or redoes what was undone last. Returns whether there
    /// was one. May throw what listeners throw.
    bool undo() { return pop(undo_stack::undo); }
    bool redo() { return pop(undo_stack::redo); }

    /// Is there a step, be it one whose effect is gone?
    bool can_undo() const noexcept { return !undo_.empty(); }
    bool can_redo() const noexcept { return !redo_.empty(); }

    /// The step that would be next, to add to its meta; null when there is none. Valid until the stack
    /// changes.
    undo_step* top(undo_stack stack) noexcept {
        return steps(stack).empty() ? nullptr : &steps(stack).back();
    }

    /// The next transaction begins a new step, whenever it comes.
    void stop_capturing() noexcept { last_capture_.reset(); }

    /// Forgets steps. Their deleted elements keep their content until the document is loaded anew.
    void clear();
    void clear(undo_stack stack);

    /// Extends what is undone. Throws std::invalid_argument for a type of another document.
    void add_to_scope(shared_type const& type);
    void add_tracked_origin(origin tracked);
    void remove_tracked_origin(origin tracked) noexcept;

    /// Calls `listener` after each change of a stack: for a step that was added or updated at the end of the
    /// transaction, for one that was popped after it. Returns a number to remove it by.
    std::uint64_t on_change(std::function<void(undo_event const&)> listener) {
        return listeners_.add(std::move(listener));
    }
    void remove_listener(std::uint64_t number) noexcept { listeners_.remove(number); }

private:
    undo_manager(detail::document_core* core, undo_options options);

    bool pop(undo_stack from);
    bool take_back(undo_step const& step);
    void capture(transaction_event const& ended);
    bool is_tracked(origin from) const noexcept;
    bool in_scope(shared_type const& type) const noexcept;
    /// `known`: what was found out about types before.
    bool in_scope(detail::slot s, std::unordered_map<detail::type_index, bool>& known) const;
    bool was_deleted(detail::element e) const noexcept;
    bool may_delete(detail::slot s) const;
    std::deque<undo_step>& steps(undo_stack stack) noexcept {
        return stack == undo_stack::undo ? undo_ : redo_;
    }

    detail::document_core& core_;
    undo_options options_;
    clock const& clock_;
    std::uint64_t listener_ = 0;
    bool whole_document_ = false;
    std::vector<shared_type> scope_;

    std::deque<undo_step> undo_;
    std::deque<undo_step> redo_;
    std::optional<undo_stack> popping_;             // the stack that is being worked off
    std::optional<clock::time_point> last_capture_; // nothing: the next transaction begins a step
    std::vector<shared_type> changed_;              // by the last transaction captured
    detail::listener_list<undo_event const&> listeners_;
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/undo_manager.ipp>
#endif
