#pragma once

#include <cstdint>

namespace unisono::inline v0::crdt {

/// What the bytes of a state begin with, after their version: the type's tag, then those of its elements or
/// values from the outside to the inside. Part of the format; a number is never used again.
///
/// A host's own types take numbers from `first_of_host` on.
enum class type_tag : std::uint8_t {
    g_counter = 1,
    pn_counter,
    causal_counter,
    lww_register,
    mv_register,
    enable_wins_flag,
    disable_wins_flag,
    g_set,
    two_phase_set,
    or_set,
    lww_element_set_add,    ///< add wins between equal timestamps
    lww_element_set_remove, ///< remove wins
    or_map,
    sequence,

    boolean = 64,
    integer,   ///< up to 32 bits
    integer64, ///< 64 bits
    real,
    text,
    bytes,

    first_of_host = 128,
};

} // namespace unisono::inline v0::crdt
