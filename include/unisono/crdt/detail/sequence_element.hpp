#pragma once

#include <unisono/crdt/dot.hpp>
#include <unisono/crdt/effect.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>

namespace unisono::inline v0::crdt::detail {

/// Names one element of a sequence. The counter is greater than any its author had seen (Lamport's clock).
struct element_id {
    std::uint64_t counter = 0; ///< 0: not an element but the beginning of the sequence
    replica_id replica = 0;

    friend auto operator<=>(element_id const&, element_id const&) = default;
};

template <crdt_value T>
struct sequence_element {
    element_id id;
    element_id origin;      ///< what it was inserted behind
    std::optional<T> value; ///< none: erased

    /// Erased wins. What differs otherwise, the greater wins: only a replica id used twice brings that about.
    effect join(sequence_element const& other) {
        bool const reused = origin != other.origin || (value && other.value && *value != *other.value);
        bool const erased = value && !other.value;
        origin = std::max(origin, other.origin);
        if (erased)
            value.reset();
        else if (value)
            value = std::max(value, other.value);
        return reused ? effect::reused : erased ? effect::changed : effect::none;
    }

    // What runs of insertions have in common is left out: one behind the other, numbered one by one.
    static constexpr std::uint64_t is_erased = 1;
    static constexpr std::uint64_t behind_previous = 2;
    static constexpr std::uint64_t at_beginning = 4;
    static constexpr std::uint64_t numbered_on = 8;

    void write(state_writer& out, element_id previous) const {
        bool const follows = origin == previous;
        bool const starts = !follows && origin == element_id{};
        bool const next = id == element_id{previous.counter + 1, previous.replica};
        out.uint((value ? 0 : is_erased) | (follows ? behind_previous : 0) | (starts ? at_beginning : 0) |
                 (next ? numbered_on : 0));
        if (!next)
            write_id(out, id);
        if (!follows && !starts)
            write_id(out, origin);
        if (value)
            value_traits<T>::write(out, *value);
    }
    static sequence_element read(state_reader& in, element_id previous) {
        auto const flags = in.uint();
        element_id const next{previous.counter + 1, previous.replica};
        auto const id = flags & numbered_on ? next : read_id(in);
        auto const origin = flags & behind_previous ? previous
                            : flags & at_beginning  ? element_id{}
                                                    : read_id(in);
        bool const told_twice = (!(flags & numbered_on) && id == next) ||
                                (!(flags & behind_previous) && origin == previous) ||
                                ((flags & behind_previous) && (flags & at_beginning));
        if (flags >= 2 * numbered_on || told_twice)
            in.fail(crdt_error::not_canonical);
        if (id.counter > in.limits().counter)
            in.fail(crdt_error::clock_out_of_range);
        if (id.counter <= origin.counter)
            in.fail(crdt_error::invalid_reference);
        return {id, origin, flags & is_erased ? std::nullopt : std::optional{value_traits<T>::read(in)}};
    }

    friend bool operator==(sequence_element const&, sequence_element const&) = default;
    friend bool operator<(sequence_element const& a, sequence_element const& b) { return a.id < b.id; }

private:
    static void write_id(state_writer& out, element_id id) {
        out.uint(id.counter);
        out.replica(id.replica);
    }
    static element_id read_id(state_reader& in) {
        auto const counter = in.counter();
        return {counter, in.replica()};
    }
};

} // namespace unisono::inline v0::crdt::detail
