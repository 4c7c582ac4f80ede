#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/detail/keystroke.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>
#include <unisono/crdt/yjs/detail/update_index.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Takes updates into a store, and keeps what cannot be taken in yet because something before it is missing.
class update_applier {
public:
    update_applier(update_limits const& limits, std::size_t waiting_bytes)
        : limits_(limits), index_(limits), most_waiting_(waiting_bytes) {}

    /// As follow_keystroke(). False, and nothing has changed, also while something waits.
    bool follow(document_store& store, keystroke const& k);

    /// Checks the whole update, then takes it in. After an error nothing has changed.
    result<void> apply(document_store& store, bytes_view update);

    /// As apply(), for the V2 form. Further errors: those of convert_update_v2_to_v1().
    result<void> apply_v2(document_store& store, bytes_view update);

    /// What waits, as V1 updates: one of structs, one of deletions. Empty: nothing.
    byte_buffer waiting_structs() const;
    byte_buffer waiting_deletions() const;
    bool waits() const noexcept { return !waiting_.empty() || !waiting_ranges_.empty(); }

    /// Bytes of the structs that wait.
    std::size_t waiting_bytes() const noexcept { return waiting_size_; }

    update_limits const& limits() const noexcept { return limits_; }

    /// See document::missing().
    std::span<id const> missing() const noexcept { return missing_; }

private:
    /// The structs of one client that are still to be taken in.
    struct queue {
        std::uint64_t client = 0;
        std::span<indexed_block const> blocks = {}; // after the one being read
        struct_reader_v1 reader = {};
        struct_view current = {};
        bool open = false;        // is there a current struct?
        bool busy = false;        // on the stack
        bool parked = false;      // cannot go on in this update
        std::uint64_t wanted = 0; // the element somebody below on the stack waits for
    };

    result<void> apply_any(document_store& store, bytes_view update);
    result<void> check_room(document_store const& store, bytes_view update) const noexcept;
    void integrate_all(document_store& store, update_index const& index);
    /// The straight way for an update of one client, or one struct. False: something is missing, and what
    /// came before it is taken in.
    bool integrate_next(document_store& store, struct_view const& s);
    bool integrate_block(document_store& store, indexed_block const& block);
    void integrate_from(document_store& store, std::size_t first);
    void advance(queue& q) noexcept;
    queue* find_queue(std::uint64_t client) noexcept;
    void park_stack();
    void park(queue& q, struct_writer_v1& out);
    void miss(std::uint64_t client, std::uint64_t clock);
    void erase_all(document_store& store, update_index const& index);
    void erase_known(document_store& store, std::span<delete_range const> ranges);
    bool has_come(document_store const& store) const noexcept;

    update_limits limits_;
    update_index index_;
    std::vector<queue> queues_; // of the update being applied: clients descending
    std::vector<std::size_t> stack_;

    std::vector<byte_buffer> waiting_; // V1 updates
    std::size_t waiting_size_ = 0;     // bytes in them
    std::size_t most_waiting_;
    std::vector<id> missing_;
    std::vector<delete_range> waiting_ranges_;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/update_applier.ipp>
#endif
