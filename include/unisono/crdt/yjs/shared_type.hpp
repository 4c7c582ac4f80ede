#pragma once

#include <unisono/codec/utf8.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>
#include <unisono/crdt/yjs/type_kind.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string_view>

namespace unisono::inline v0::yjs {

class type_event;

/// A handle to a shared type of a document: copied freely, and valid as long as the document lives.
///
/// Somebody else may delete the type at any time, and its handles stay behind: they read as empty, and edits
/// through them do nothing. Thread safety: that of the document.
class shared_type {
public:
    /// Is the type still part of its document?
    bool exists() const noexcept { return held() && !core_->store.is_deleted(record()); }

    /// Calls `listener` after each transaction that changed this type itself: its elements, text, or keys.
    /// Goes on until unobserve(), or until the type is deleted. Returns a number for that.
    ///
    /// Listeners may edit: that is a transaction of its own, told when this one has been told to everybody.
    /// What a listener throws comes out of the transaction when that is done.
    std::uint64_t observe(std::function<void(type_event const&)> listener) const;
    void unobserve(std::uint64_t number) const noexcept;

    /// As above, also for all types inside: `listener` gets the events of a transaction at once, those of the
    /// nearest types first.
    std::uint64_t observe_deep(std::function<void(std::span<type_event const>)> listener) const;
    void unobserve_deep(std::uint64_t number) const noexcept;

    type_kind kind() const noexcept { return held() ? record().kind : type_kind::undefined; }

    friend bool operator==(shared_type const&, shared_type const&) = default;

    /// For the library: what the handle stands for.
    shared_type(detail::document_core& core, detail::type_index type) noexcept
        : core_(&core), type_(type), generation_(core.store.types[type].generation) {}
    detail::document_core& core() const noexcept { return *core_; }
    detail::type_index type() const noexcept { return type_; }

protected:
    /// Is there something behind the handle, be it deleted?
    bool held() const noexcept {
        auto const& r = core_->store.types[type_];
        return r.alive && r.generation == generation_;
    }
    /// Precondition: held().
    detail::type_record const& record() const noexcept { return core_->store.types[type_]; }
    std::uint32_t visible_length() const noexcept { return held() ? record().length : 0; }

    /// Calls `insert(place)` with the gap in front of the visible element `index`, in a transaction. Throws
    /// std::out_of_range when it is beyond the end.
    template <class Insert>
    void insert_at(std::uint32_t index, Insert&& insert) {
        edit(index, 0, [&] { insert(detail::find_gap(core_->store, type_, index)); });
    }

    /// Calls `erase(place)` with the edge in front of the visible element `index`, in a transaction. Throws
    /// std::out_of_range when there are not `count` elements behind it.
    template <class Erase>
    void erase_at(std::uint32_t index, std::uint32_t count, Erase&& erase) {
        edit(index, count, [&] { erase(detail::find_edge(core_->store, type_, index)); });
    }

private:
    template <class Edit>
    void edit(std::uint32_t index, std::uint32_t count, Edit&& edit) {
        if (!held())
            return;
        if (index > record().length || count > record().length - index)
            throw std::out_of_range("beyond the end of a shared type");
        core_->transact(nullptr, edit);
    }

    detail::document_core* core_;
    detail::type_index type_;
    std::uint32_t generation_;
};

/// Throws std::invalid_argument for text that is no UTF-8.
inline void require_utf8(std::string_view text) {
    if (!is_valid_utf8(text))
        throw std::invalid_argument("not UTF-8");
}

} // namespace unisono::inline v0::yjs
