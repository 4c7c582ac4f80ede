#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/crdt/causal_context.hpp>
#include <unisono/crdt/dot.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>

#include <concepts>
#include <vector>

namespace unisono::inline v0::crdt {

/// What a join did to the dots of a store.
struct dot_changes {
    std::vector<dot> gained = {};
    std::vector<dot> lost = {};    ///< the other side has seen them go
    std::vector<dot> refused = {}; ///< this side has
    bool reused = false;           ///< one dot, two contents at the same place
};

/// What is alive of the changes a causal context has seen (Almeida, Shoker, Baquero: Delta State Replicated
/// Data Types, 2018). A change that was seen and is not in the store was taken back, so nothing needs a
/// tombstone.
///
/// `join(mine, other, theirs, changes)` joins `other`, whose context is `theirs`, to this store, whose
/// context is `mine`: a dot stays that both have, or that one has and the other has not seen. It takes about
/// as long as the smaller of both, and appends to `changes` what it did. `without(seen)` is a copy of what is
/// under dots that are not in `seen`.
template <class Store>
concept dot_store = std::regular<Store> &&
    requires(Store store, Store const& other, causal_context const& context, dot_changes& changes,
             state_writer& out, state_reader& in) {
    { other.empty() } -> std::same_as<bool>;
    other.for_each_dot([](dot) {});
    store.join(context, other, context, changes);
    { other.without(context) } -> std::same_as<Store>;
    other.write(out);
    { Store::read(in) } -> std::same_as<Store>;
};

/// All dots of a store, in the order of the store.
template <dot_store Store>
std::vector<dot> dots_of(Store const& store) {
    std::vector<dot> result;
    store.for_each_dot([&](dot d) { result.push_back(d); });
    return result;
}

} // namespace unisono::inline v0::crdt
