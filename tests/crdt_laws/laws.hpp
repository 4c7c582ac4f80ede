#pragma once

#include <unisono/core/random.hpp>
#include <unisono/crdt/delta_crdt.hpp>
#include <unisono/crdt/dot_store.hpp>
#include <unisono/crdt/encoding.hpp>

#include "support/hex.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

/// What every type of include/unisono/crdt promises, checked on any states. Equal means equal bytes. A law
/// that does not hold throws.
namespace unisono::test {

template <crdt::delta_crdt T>
std::string shown(T const& state) {
    return crdt::to_json(state) + " (" + to_hex(crdt::encode(state)) + ")";
}

template <crdt::delta_crdt T>
void require_equal(T const& a, T const& b, char const* law) {
    bool const same = crdt::encode(a) == crdt::encode(b);
    if (!same || !(a == b) || crdt::to_json(a) != crdt::to_json(b))
        throw std::runtime_error{std::string{law} + ": " + shown(a) + " and " + shown(b)};
}

/// Joins, and checks that the effect told is the effect there is.
template <crdt::delta_crdt T>
T joined(T a, T const& b) {
    auto const before = crdt::encode(a);
    auto const effect = a.join(b);
    if ((effect == crdt::effect::changed) != (crdt::encode(a) != before))
        throw std::runtime_error{"join() tells what it does: " + shown(a)};
    return a;
}

/// As it comes out at the other end of a network.
template <crdt::delta_crdt T>
T transported(T const& state) {
    auto const bytes = crdt::encode(state);
    auto const read = crdt::decode<T>(bytes);
    if (!read)
        throw std::runtime_error{"what is encoded can be decoded: " + read.error().message() + ": " +
                                 shown(state)};
    require_equal(*read, state, "decoding gives what was encoded");
    return *read;
}

/// The laws of a join: of states, of deltas, and of both.
template <crdt::delta_crdt T>
void check_join(T const& a, T const& b, T const& c) {
    require_equal(joined(a, b), joined(b, a), "joining is commutative");
    require_equal(joined(joined(a, b), c), joined(a, joined(b, c)), "joining is associative");
    require_equal(joined(a, a), a, "joining is idempotent");
    require_equal(joined(joined(a, b), b), joined(a, b), "joining twice is joining once");
    require_equal(joined(a, T{}), a, "the first state changes nothing");
    require_equal(joined(T{}, a), a, "joined to the first state, a state is itself");
}

/// The laws of a change that led from `before` to `after`.
template <crdt::delta_crdt T>
void check_change(T const& before, T const& delta, T const& after) {
    require_equal(joined(before, delta), after, "a delta does what its change did");
    require_equal(joined(after, before), after, "a change loses nothing");
    require_equal(joined(after, delta), after, "a change has happened where it was made");
}

/// The laws of a state that knows what it has seen.
template <crdt::causal_crdt T>
void check_missing(T const& a, T const& b) {
    auto const missing = a.missing_from(b.context());
    require_equal(joined(b, missing), joined(b, a), "what is missing is all that is missing");
    require_equal(joined(a, missing), a, "what is missing is part of the whole");
    for (crdt::dot const d : crdt::dots_of(missing.store()))
        if (b.context().contains(d))
            throw std::runtime_error{"what was seen is not missing: " + shown(missing)};
}

} // namespace unisono::test
