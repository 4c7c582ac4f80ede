#pragma once

#include <unisono/crdt/causal_context.hpp>
#include <unisono/crdt/dot_store.hpp>
#include <unisono/crdt/effect.hpp>
#include <unisono/crdt/error.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace unisono::inline v0::crdt {

/// What all observed-remove types share: a dot store and the context of what was seen. Derived adds the
/// changes and the queries, and
///
///     static void write_type(state_writer&);
///     static void write_json(json::writer&, Store const&);
///
/// A change is made here and returned as a delta, a small state to send to the others. Deltas may come in any
/// order, more than once, and joined to each other. Thread safety: none.
template <class Derived, dot_store Store>
class causal {
public:
    using store_type = Store;

    causal() = default;
    /// Precondition: every dot of the store is in the context.
    causal(Store store, causal_context context) : store_(std::move(store)), context_(std::move(context)) {}

    Store const& store() const noexcept { return store_; }

    /// The changes seen so far: what another replica needs to know for missing_from().
    causal_context const& context() const noexcept { return context_; }

    /// The state moved out, for a map that holds the store as a value.
    struct parts {
        Store store;
        causal_context context;
    };
    parts release() && { return {std::move(store_), std::move(context_)}; }

    effect join(Derived const& other) {
        causal const& from = other;
        if (this == &from)
            return effect::none;
        dot_changes changes;
        store_.join(context_, from.store_, from.context_, changes);
        bool const learned = context_.join(from.context_);
        if (changes.reused || share_one(changes.lost, changes.refused))
            return effect::reused;
        return learned || !changes.gained.empty() || !changes.lost.empty() ? effect::changed : effect::none;
    }

    /// A delta that brings a replica up to date that has seen `seen`, or more. It does not repeat what is
    /// alive there; it does say of every change that is no longer alive that it is not.
    Derived missing_from(causal_context const& seen) const {
        auto alive = dots_of(store_);
        std::erase_if(alive, [&](dot d) { return !seen.contains(d); });
        std::sort(alive.begin(), alive.end());
        return Derived{store_.without(seen), context_.without(alive)};
    }

    /// Takes back everything that is here. What others do meanwhile survives.
    Derived reset() { return replace({}, dots_of(store_)); }

    void write(state_writer& out) const {
        context_.write(out);
        store_.write(out);
    }
    static Derived read(state_reader& in) {
        auto context = causal_context::read(in);
        in.seen(context);
        auto store = Store::read(in);
        auto dots = dots_of(store);
        std::sort(dots.begin(), dots.end());
        if (std::adjacent_find(dots.begin(), dots.end()) != dots.end())
            in.fail(crdt_error::reused_dot);
        return Derived{std::move(store), std::move(context)};
    }
    void write_json(json::writer& json) const { Derived::write_json(json, store_); }

    friend bool operator==(causal const&, causal const&) = default;

protected:
    /// Puts `fresh`, whose dots are new, in the place of what is under the dots `old`.
    Derived replace(Store fresh, std::vector<dot> old) {
        fresh.for_each_dot([&](dot d) { old.push_back(d); });
        Derived delta{std::move(fresh), causal_context{std::move(old)}};
        join(delta);
        return delta;
    }

    dot next(replica_id me) const noexcept { return context_.next(me); }

private:
    /// A dot that both sides hold, each at another place, goes from both.
    static bool share_one(std::vector<dot>& lost, std::vector<dot>& refused) {
        std::sort(lost.begin(), lost.end());
        return std::any_of(refused.begin(), refused.end(),
                           [&](dot d) { return std::binary_search(lost.begin(), lost.end(), d); });
    }

    Store store_;
    causal_context context_;
};

} // namespace unisono::inline v0::crdt
