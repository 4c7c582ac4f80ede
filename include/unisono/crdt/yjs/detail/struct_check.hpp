#pragma once

#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/id.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/type_kind.hpp>

#include <cstdint>
#include <optional>
#include <system_error>

namespace unisono::inline v0::yjs::detail {

/// The shared type that the wire calls `ref`.
inline std::optional<type_kind> type_from_ref(std::uint64_t ref) noexcept {
    return ref <= static_cast<std::uint64_t>(type_kind::weak_link)
               ? std::optional{static_cast<type_kind>(ref)}
               : std::nullopt;
}

/// Does the type's ref come with a name?
constexpr bool is_named(type_kind type) noexcept {
    return type == type_kind::xml_element || type == type_kind::xml_hook;
}

/// Walks along the body of a weak link behind its flags: where it begins and, when it quotes a range, where
/// that ends. Each is an element (`id()`: two numbers), or the name of a root when it has no bound there.
template <class Id, class Name>
void read_link(std::uint8_t flags, Id&& id, Name&& name) {
    constexpr unsigned quote = 1, no_start = 8, no_end = 16, in_root = 32;
    auto const is_name = [&](unsigned unbounded) {
        return (flags & unbounded) != 0 && (flags & in_root) != 0;
    };
    is_name(no_start) ? name() : id();
    if ((flags & quote) != 0)
        is_name(no_end) ? name() : id();
}

/// What is wrong with an element that another one refers to: it must be possible, and older than what refers
/// to it.
inline std::error_code check_reference(id reference, id from, update_limits const& limits) noexcept {
    if (reference.clock >= limits.clock)
        return crdt_error::clock_out_of_range;
    if (reference.client == from.client && reference.clock >= from.clock)
        return crdt_error::invalid_reference;
    return {};
}

/// What is wrong with a struct of that length at that clock.
inline std::error_code check_extent(std::uint64_t clock, std::uint64_t length,
                                    update_limits const& limits) noexcept {
    if (length == 0)
        return crdt_error::empty_struct;
    if (clock > limits.clock || length > limits.clock - clock)
        return crdt_error::clock_out_of_range;
    return {};
}

} // namespace unisono::inline v0::yjs::detail
