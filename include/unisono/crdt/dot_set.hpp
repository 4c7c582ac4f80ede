#pragma once

#include <unisono/crdt/dot_fun.hpp>

#include <compare>

namespace unisono::inline v0::crdt {

/// What is under a dot that only needs to be there.
struct nothing {
    void write(state_writer&) const noexcept {}
    static nothing read(state_reader&) noexcept { return {}; }

    friend auto operator<=>(nothing, nothing) noexcept = default;
};

/// A dot store: dots alone.
using dot_set = dot_fun<nothing>;

} // namespace unisono::inline v0::crdt
