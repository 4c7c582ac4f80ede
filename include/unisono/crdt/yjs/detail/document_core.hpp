#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/detail/listener_list.hpp>
#include <unisono/crdt/yjs/detail/update_applier.hpp>
#include <unisono/crdt/yjs/document_options.hpp>

#include <cstdint>
#include <deque>
#include <type_traits>
#include <utility>

namespace unisono::inline v0::yjs::detail {

/// A document with its transactions. Stays where it is, so that handles can point to it.
class document_core {
public:
    explicit document_core(document_options options);

    document_store store;
    update_applier applier;
    listener_list<update_event const&> update_listeners;

    bool gc() const noexcept { return gc_; }
    std::uint64_t client_id() const noexcept { return client_id_; }
    /// The end of what one client may insert.
    std::uint32_t clock_limit() const noexcept { return clock_limit_; }
    client_index own_client() { return store.clients.intern(client_id_); }

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

    struct told_update {
        unisono::detail::byte_sink bytes;
        yjs::origin origin;
        bool local;
    };

    void begin(origin from, bool local) noexcept;
    void commit();
    void commit_quietly() noexcept;
    void clean_up();
    void tell_update();
    std::uint64_t new_client_id();

    random_source& random_;
    std::uint64_t client_id_;
    std::uint32_t clock_limit_;
    bool gc_;

    unsigned depth_ = 0;
    bool local_ = true;
    origin origin_ = nullptr;

    unisono::detail::byte_sink update_; // being told
    std::deque<told_update> untold_;    // by transactions that listeners began meanwhile
    bool telling_ = false;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/document_core.ipp>
#endif
