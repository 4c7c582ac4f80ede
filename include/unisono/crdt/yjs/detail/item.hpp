#pragma once

#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstdint>
#include <type_traits>

namespace unisono::inline v0::yjs::detail {

/// The number of an item in its arena. Links are slots rather than pointers: half the size, and an item can
/// move when its arena grows.
using slot = std::uint32_t;
inline constexpr slot no_slot = 0xffff'ffff;

/// The number of a client in its document: 24 bits instead of the wire's 53, three times in every item.
using client_index = std::uint32_t;
inline constexpr client_index no_client = 0xff'ffff;

/// Names one element as `id` does, within one document. Without a client it names none.
struct element {
    client_index client = no_client;
    std::uint32_t clock = 0;

    explicit operator bool() const noexcept { return client != no_client; }
    friend bool operator==(element const&, element const&) = default;
};

/// A run of elements that one client wrote one after the other, and that stand next to each other.
///
/// Also what is left of forgotten ones (kind gc), which stand nowhere: of these only the client, the clock
/// and the length mean something.
struct item {
    slot left = no_slot; ///< neighbours in the list, deleted ones included
    slot right = no_slot;
    std::uint32_t clock = 0;
    std::uint32_t length = 0;
    std::uint32_t origin_clock = 0;
    std::uint32_t right_origin_clock = 0;
    std::uint32_t content = 0; ///< where the content begins: a unit of the client's heap, or a type
    std::uint32_t list = 0;    ///< where the item stands

    std::uint32_t client : 24 = no_client;
    std::uint32_t kind : 4 = 0;
    std::uint32_t deleted : 1 = false;
    std::uint32_t keep : 1 = false;   ///< its content must survive its deletion
    std::uint32_t wide : 1 = false;   ///< text is held as UTF-16
    std::uint32_t redone : 1 = false; ///< an undo made a copy of it
    std::uint32_t origin_client : 24 = no_client;
    std::uint32_t right_origin_client : 24 = no_client;

    struct_kind content_kind() const noexcept { return static_cast<struct_kind>(kind); }
    bool is(struct_kind k) const noexcept { return kind == static_cast<std::uint32_t>(k); }

    element first() const noexcept { return {client, clock}; }
    element last() const noexcept { return {client, clock + length - 1}; }
    std::uint32_t end() const noexcept { return clock + length; }

    /// The elements that were its neighbours when it was made.
    element origin() const noexcept { return {origin_client, origin_clock}; }
    element right_origin() const noexcept { return {right_origin_client, right_origin_clock}; }
    void set_origin(element e) noexcept { origin_client = e.client & 0xff'ffff, origin_clock = e.clock; }
    void set_right_origin(element e) noexcept {
        right_origin_client = e.client & 0xff'ffff, right_origin_clock = e.clock;
    }

    /// Do its elements count for positions while they are not deleted?
    bool countable() const noexcept {
        return !is(struct_kind::format) && !is(struct_kind::deleted) && !is(struct_kind::gc);
    }
    bool visible() const noexcept { return !deleted && countable(); }
    std::uint32_t visible_length() const noexcept { return visible() ? length : 0; }
};

/// What is left of an item when it is forgotten.
inline item forgotten(item const& it) noexcept {
    item gone;
    gone.client = it.client;
    gone.clock = it.clock;
    gone.length = it.length;
    gone.deleted = true;
    return gone;
}

static_assert(sizeof(item) == 44 && std::is_trivially_copyable_v<item>);

/// Is content of this kind a run, which can be cut and joined?
inline bool is_run(struct_kind kind) noexcept {
    return kind == struct_kind::string || kind == struct_kind::any || kind == struct_kind::json ||
           kind == struct_kind::deleted;
}

} // namespace unisono::inline v0::yjs::detail
