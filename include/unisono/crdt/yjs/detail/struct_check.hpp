#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/id.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/type_kind.hpp>

#include <cstdint>
#include <optional>

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

/// Fails `in` when `from` must not refer to that element: it has to be possible, and older. Returns whether
/// it may.
inline bool check_reference(lib0_reader& in, id reference, id from, update_limits const& limits) noexcept {
    bool const possible = reference.clock < limits.clock;
    bool const older = reference.client != from.client || reference.clock < from.clock;
    if (possible && older)
        return true;
    in.fail(possible ? crdt_error::invalid_reference : crdt_error::clock_out_of_range);
    return false;
}

/// Fails `in` when there cannot be a struct of that length at that clock.
inline void check_extent(lib0_reader& in, std::uint64_t clock, std::uint64_t length,
                         update_limits const& limits) noexcept {
    if (length == 0)
        in.fail(crdt_error::empty_struct);
    else if (clock > limits.clock || length > limits.clock - clock)
        in.fail(crdt_error::clock_out_of_range);
}

} // namespace unisono::inline v0::yjs::detail
