#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/crdt/causal_context.hpp>
#include <unisono/crdt/effect.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>

#include <concepts>

namespace unisono::inline v0::crdt {

/// A value that replicas change independently and join in any order: every type of this folder, and a host's
/// own.
///
/// * `T{}` is the state nobody has changed.
/// * `join(other)` is commutative, associative and idempotent, and loses nothing of either. It says whether
///   this state changed.
/// * Changes are members with any signature. Each one changes the state and returns a delta, which is a T
/// too:
///   joining it does to any other state what the change did here.
/// * `write` and `read` take part in encode() and decode(); equal states write equal bytes, and read() fails
/// the
///   reader on what write() never writes. `write_type` writes the type's tag, from type_tag::first_of_host
///   on, then those of what it holds.
/// * `write_json` writes one JSON value, what people and other programs see of the state.
///
/// tests/crdt_laws/laws.hpp checks all that for any type.
template <class T>
concept delta_crdt = std::regular<T> &&
    requires(T state, T const& other, state_writer& out, state_reader& in, json::writer& json) {
    { state.join(other) } -> std::same_as<effect>;
    T::write_type(out);
    other.write(out);
    { T::read(in) } -> std::same_as<T>;
    other.write_json(json);
};

/// A delta_crdt that knows which changes it has seen: it can tell exactly what another replica lacks, and be
/// a value in an or_map.
template <class T>
concept causal_crdt = delta_crdt<T> && std::constructible_from<T, typename T::store_type, causal_context> &&
    requires(T state, T const& other, causal_context const& seen, json::writer& json) {
    { other.store() } -> std::same_as<typename T::store_type const&>;
    { other.context() } -> std::same_as<causal_context const&>;
    { other.missing_from(seen) } -> std::same_as<T>;
    { state.reset() } -> std::same_as<T>;
    static_cast<T&&>(state).release();
    T::write_json(json, other.store());
};

} // namespace unisono::inline v0::crdt
