#pragma once

#include <unisono/crdt/yjs/delta.hpp>
#include <unisono/crdt/yjs/detail/event_source.hpp>
#include <unisono/crdt/yjs/document_options.hpp>
#include <unisono/crdt/yjs/key_change.hpp>
#include <unisono/crdt/yjs/shared_type.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace unisono::inline v0::yjs {

/// One step from a type to one inside of it: a key, or a position.
using path_step = std::variant<std::string, std::uint32_t>;

/// How a transaction changed one type. Valid during the call; nothing is computed before somebody asks.
///
/// The first who asks gets the answer for all. What listeners have edited before that is part of it.
class type_event {
public:
    /// The type that changed, and the one whose listener is called.
    shared_type target() const noexcept { return {source_->core, changed_->type}; }
    shared_type current_target() const noexcept { return {source_->core, current_target_}; }

    /// The way from current_target() to target().
    std::vector<path_step> path() const;

    /// How the sequence changed: the elements of an array or XML type, the characters of a text. Costs what
    /// changed, not what there is; of a text with attributes also a look at its format items.
    yjs::delta const& delta() const;

    /// The keys that changed, in the order in which they did first.
    std::vector<key_change> const& keys() const;

    yjs::origin origin() const noexcept { return source_->ended.origin; }
    bool local() const noexcept { return source_->ended.local; }

    /// For the library.
    type_event(detail::event_source& source, detail::changed_type& changed,
               detail::type_index current_target) noexcept
        : source_(&source), changed_(&changed), current_target_(current_target) {}

private:
    detail::event_source* source_;
    detail::changed_type* changed_;
    detail::type_index current_target_;
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/event_source.ipp>
#include <unisono/crdt/yjs/impl/shared_type.ipp>
#include <unisono/crdt/yjs/impl/type_event.ipp>
#endif
