#pragma once

#include <unisono/crdt/yjs/delta.hpp>
#include <unisono/crdt/yjs/detail/change_index.hpp>
#include <unisono/crdt/yjs/detail/transaction.hpp>
#include <unisono/crdt/yjs/key_change.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace unisono::inline v0::yjs::detail {

class document_core;

/// A type that changed, and the lists of it that did, in the order in which they did first.
struct changed_type {
    type_index type;
    std::vector<list_index> lists = {};

    // Once somebody has asked.
    std::optional<yjs::delta> delta = {};
    std::optional<std::vector<key_change>> keys = {};
};

/// What the events of one transaction share.
class event_source {
public:
    event_source(document_core& of, transaction const& what) noexcept : core(of), ended(what) {}

    document_core& core;
    transaction const& ended;

    /// Made when the first event is looked into, and again when a listener has edited since.
    change_index const& changes();

    /// The types that changed, in the order in which they did first. A type that is new or deleted did not
    /// change, but what holds it. Precondition: store.notes_lists.
    std::vector<changed_type>& types();

private:
    std::optional<change_index> index_;
    std::uint64_t version_ = 0;
    std::vector<changed_type> types_;
    bool grouped_ = false;
};

/// Calls the observers of all types that changed, then those of what holds them.
void tell_observers(document_core& core, transaction const& ended);

} // namespace unisono::inline v0::yjs::detail
