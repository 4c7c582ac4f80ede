#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/detail/listener_list.hpp>
#include <unisono/crdt/yjs/detail/observer_table.hpp>
#include <unisono/crdt/yjs/detail/subdocuments.hpp>
#include <unisono/crdt/yjs/detail/transaction.hpp>
#include <unisono/crdt/yjs/detail/update_applier.hpp>
#include <unisono/crdt/yjs/document_options.hpp>
#include <unisono/crdt/yjs/subdocument.hpp>
#include <unisono/crdt/yjs/transaction_event.hpp>
#include <unisono/crdt/yjs/waiting_event.hpp>

#include <cstdint>
#include <deque>
#include <exception>
#include <type_traits>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// A document with its transactions. Stays where it is, so that handles can point to it.
///
/// The end of a transaction is where others hear of it. Transactions that listeners begin are edits at once,
/// but wait for their own end until the one before has come to its end, as in Yjs. When nobody watches, the
/// end costs what was changed and nothing else.
class document_core {
public:
    explicit document_core(document_options options);

    document_store store;
    update_applier applier;
    observer_table observers;
    listener_list<transaction_event const&> transaction_listeners;
    listener_list<update_event const&> update_listeners;
    listener_list<subdocuments_event const&> subdocument_listeners;
    listener_list<waiting_event const&> waiting_listeners;
    subdocument_table documents;

    bool gc() const noexcept { return gc_; }
    std::uint64_t client_id() const noexcept { return client_id_; }
    /// The end of what one client may insert.
    std::uint32_t clock_limit() const noexcept { return clock_limit_; }
    client_index own_client() { return store.clients.intern(client_id_); }

    /// How many transactions began.
    std::uint64_t transactions() const noexcept { return transactions_; }
    /// What listeners have changed since the transaction that is being told.
    std::vector<journal const*> later_changes() const;
    /// The end of what a client inserted in that transaction or before.
    std::uint32_t end_of_told(client_index c) const;

    /// Runs `edit()` as a transaction, or as part of the one that runs. What it did stays done when it
    /// throws.
    template <class Edit>
    decltype(auto) transact(origin from, Edit&& edit) {
        scope transaction{*this, from, true};
        if constexpr (std::is_void_v<std::invoke_result_t<Edit>>) {
            std::forward<Edit>(edit)();
            transaction.end();
        } else {
            decltype(auto) made = std::forward<Edit>(edit)();
            transaction.end();
            return static_cast<std::invoke_result_t<Edit>>(made);
        }
    }

    result<void> apply_update(bytes_view update, origin from);
    result<void> apply_update_v2(bytes_view update, origin from);

    /// Empty when its content has been forgotten.
    subdocument read_subdocument(element at) const;

    /// Calls listeners. What the first one throws comes out of the transaction when everything is done.
    template <class Call>
    void attempt(Call&& call) noexcept {
        try {
            std::forward<Call>(call)();
        } catch (...) {
            if (!failure_)
                failure_ = std::current_exception();
        }
    }

private:
    /// Begins a transaction, and ends it also when the edit throws. What the listeners throw then is lost:
    /// what the edit threw goes first.
    class scope {
    public:
        scope(document_core& core, origin from, bool local) noexcept : core_(&core) {
            core.begin(from, local);
        }
        scope(scope const&) = delete;
        scope& operator=(scope const&) = delete;
        ~scope() {
            if (core_ != nullptr)
                core_->commit_quietly();
        }
        void end() { std::exchange(core_, nullptr)->commit(); }

    private:
        document_core* core_;
    };

    /// Takes in a keystroke that needs no transaction: it leaves nothing to do, and there is nobody to tell.
    /// False: it is none.
    bool follow(keystroke const& k);
    /// Runs `apply()`, which takes in an update, as a transaction.
    template <class Apply>
    result<void> take_in(origin from, Apply&& apply);

    void begin(origin from, bool local) noexcept;
    void commit();
    void commit_quietly() noexcept;
    void end();
    void finish();
    /// Has what was done no consequences?
    bool leaves_nothing() const noexcept {
        return !store.changes.loose_ends && store.changes.documents.empty() &&
               (local_ || (!store.types.any_formatted() && !inserts_as_self(store.changes)));
    }
    /// Is there anybody to tell?
    bool is_heard() const noexcept { return is_watched() || !update_listeners.empty(); }
    bool inserts_as_self(journal const& changes) const noexcept;
    bool is_watched() const noexcept { return !observers.empty() || !transaction_listeners.empty(); }
    void tell_stage(transaction_stage stage, transaction const& t) noexcept;
    void queue_transaction();
    void close(transaction& ended);
    void clean_up(journal& changes, bool local);
    void tell_update(origin from, bool local) noexcept;
    subdocuments_event describe_subdocuments(transaction const& ended) const;
    std::uint64_t new_client_id();

    random_source& random_;
    std::uint64_t client_id_;
    std::uint32_t clock_limit_;
    bool gc_;

    unsigned depth_ = 0;
    bool local_ = true;
    origin origin_ = nullptr;
    std::uint64_t transactions_ = 0;

    bool closing_ = false;
    std::deque<transaction> closing_transactions_; // the first is being told
    unisono::detail::byte_sink update_;            // of it; empty: nothing to tell
    std::exception_ptr failure_;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/document_core.ipp>
#endif
