#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/array.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/document_options.hpp>
#include <unisono/crdt/yjs/map.hpp>
#include <unisono/crdt/yjs/past_state.hpp>
#include <unisono/crdt/yjs/relative_position.hpp>
#include <unisono/crdt/yjs/snapshot.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/text.hpp>
#include <unisono/crdt/yjs/transaction_event.hpp>
#include <unisono/crdt/yjs/type_event.hpp>
#include <unisono/crdt/yjs/xml.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

    /// As above, for the V2 form. Further errors: those of convert_update_v2_to_v1().
    result<void> apply_update_v2(bytes_view update, origin from = nullptr) {
        return core_->apply_update_v2(update, from);
    }

    /// All of the document as one V1 update, or what a replica at `known` lacks. A server leaves out what
    /// waits when it answers a client: what it waits for may never come, and every client would keep it.
    byte_buffer encode_state_as_update(state_vector const& known = {},
                                       waiting_part waiting = waiting_part::included) const;

    /// As above, in the V2 form. JSON texts that are none, which V1 can hold, become null.
    byte_buffer encode_state_as_update_v2(state_vector const& known = {},
                                          waiting_part waiting = waiting_part::included) const;

    /// The elements that are there. What waits does not count.
    state_vector state() const;

    /// The elements that were deleted.
    delete_set deleted() const;

    /// Have all of these elements come, and been deleted?
    bool has_deleted(delete_range const& range) const noexcept;

    /// Names the present state, to come back to it later. What waits is no part of it.
    snapshot take_snapshot() const { return {deleted(), state()}; }

    /// To read a past state, as long as all it shows is still held: for certain in documents with gc off.
    ///
    /// Errors: crdt_error::missing_elements for a state of another document, or a later one;
    /// crdt_error::content_forgotten when content was deleted and forgotten since.
    result<past_state> at(snapshot const& state) const { return past_state::make(*core_, state); }

    /// A past state as V1 update: a new document that takes it in is what this one was, and can be edited.
    /// Errors: as above.
    result<byte_buffer> encode_state_at(snapshot const& state) const;

    /// The root types, which exist as soon as somebody speaks of them. One name has one kind: asking for
    /// another throws std::invalid_argument, as it does for a name that is no UTF-8.
    text get_text(std::string_view name) { return text{root(name, type_kind::text)}; }
    array get_array(std::string_view name) { return array{root(name, type_kind::array)}; }
    map get_map(std::string_view name) { return map{root(name, type_kind::map)}; }
    xml_fragment get_xml_fragment(std::string_view name) {
        return xml_fragment{root(name, type_kind::xml_fragment)};
    }

    /// The names of all roots, in no particular order.
    std::vector<std::string> root_names() const;

    /// Everything in a type, nested types included, as Yjs's toJSON: texts and XML become strings. What is
    /// nested deeper than lib0_max_depth becomes undefined.
    any_value to_json(shared_type type) const;

    /// Where a relative position is now; nothing when its element has not come yet or was forgotten.
    std::optional<absolute_position> resolve(relative_position const& position) {
        return detail::resolve(*core_, position);
    }

    /// Does anything wait for an update that has not come?
    bool waits() const noexcept { return core_->applier.waits(); }

    /// What it waits for: of each client the element that has to come first. Valid until the next update.
    std::span<id const> missing() const noexcept { return core_->applier.missing(); }

    /// Runs `edit()`; its changes become one update. Transactions inside of it become part of it. When it
    /// throws, what it did stays done.
    template <class Edit>
    decltype(auto) transact(Edit&& edit, origin from = nullptr) {
        return core_->transact(from, std::forward<Edit>(edit));
    }

    /// Calls `listener` after each transaction that changed something, when the observers of types have been
    /// called (shared_type::observe). A transaction that a listener begins is told after this one. What a
    /// listener throws, transact() throws, with everything done and the update listeners after it not called.
    /// Returns a number to remove it by.
    std::uint64_t on_update(std::function<void(update_event const&)> listener) {
        return core_->update_listeners.add(std::move(listener));
    }
    /// As above, with the update in the V2 form.
    std::uint64_t on_update_v2(std::function<void(update_event const&)> listener);
    /// Removes a listener of either form.
    void remove_update_listener(std::uint64_t number) noexcept { core_->update_listeners.remove(number); }

    /// The documents inside of this one, in the order in which they came.
    std::vector<subdocument_state> subdocuments() const;

    /// Says that the content of the documents of that name is wanted here, or no longer wanted: whoever
    /// synchronises them hears of it. Yjs's load() and destroy(). No effect where that is said already.
    void load(std::string_view guid) {
        core_->transact(nullptr, [&] { core_->documents.load(core_->store, guid); });
    }
    void unload(std::string_view guid) {
        core_->transact(nullptr, [&] { core_->documents.unload(core_->store, guid); });
    }

    /// Calls `listener` after the update of a transaction that added, removed, loaded or unloaded documents.
    /// Who inserts a document has it loaded; one that comes from elsewhere is loaded by load(), or at once if
    /// its options say autoLoad. An unloaded one counts as removed and added.
    std::uint64_t on_subdocuments(std::function<void(subdocuments_event const&)> listener) {
        return core_->subdocument_listeners.add(std::move(listener));
    }
    void remove_subdocuments_listener(std::uint64_t number) noexcept {
        core_->subdocument_listeners.remove(number);
    }

    /// Calls `listener` after each update that made structs wait, or let some go on: to ask somebody for what
    /// is missing.
    std::uint64_t on_waiting(std::function<void(waiting_event const&)> listener) {
        return core_->waiting_listeners.add(std::move(listener));
    }
    void remove_waiting_listener(std::uint64_t number) noexcept { core_->waiting_listeners.remove(number); }

    /// Calls `listener` at each transaction_stage of every transaction, also of one that changes nothing.
    /// Edits that it makes before a transaction begins belong to it, all others are told later.
    std::uint64_t on_transaction(std::function<void(transaction_event const&)> listener) {
        return core_->transaction_listeners.add(std::move(listener));
    }
    void remove_transaction_listener(std::uint64_t number) noexcept {
        core_->transaction_listeners.remove(number);
    }

    /// Whose elements local edits are now. Changes when an update shows that somebody else uses the same.
    std::uint64_t client_id() const noexcept { return core_->client_id(); }

    /// For the library: what the handles point to.
    detail::document_core& core() const noexcept { return *core_; }

private:
    shared_type root(std::string_view name, type_kind kind);

    std::unique_ptr<detail::document_core> core_;
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/document.ipp>
#endif
