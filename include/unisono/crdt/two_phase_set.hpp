#pragma once

#include <unisono/crdt/detail/read_entries.hpp>
#include <unisono/crdt/effect.hpp>
#include <unisono/crdt/type_tag.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <cstddef>
#include <map>
#include <utility>

namespace unisono::inline v0::crdt {

/// A set in which what was removed never comes back: invitations that were used, sessions that ended.
///
/// What was removed is remembered for good. Value type; thread safety: none.
template <crdt_value T>
class two_phase_set {
public:
    /// Has no effect on what was ever removed.
    two_phase_set add(T const& element) { return advance(element, false); }

    /// Also before anybody added it.
    two_phase_set remove(T const& element) { return advance(element, true); }

    bool contains(T const& element) const {
        auto const found = removed_.find(element);
        return found != removed_.end() && !found->second;
    }

    /// Calls `visit(element)` for each, ascending.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (auto const& [element, removed] : removed_)
            if (!removed)
                visit(element);
    }

    effect join(two_phase_set const& other) {
        auto result = effect::none;
        for (auto const& [element, removed] : other.removed_)
            if (auto const [at, added] = removed_.emplace(element, removed); added || at->second < removed) {
                at->second = removed;
                result = effect::changed;
            }
        return result;
    }

    static void write_type(state_writer& out) {
        out.tag(type_tag::two_phase_set);
        out.tag(value_traits<T>::tag);
    }
    void write(state_writer& out) const {
        out.uint(removed_.size());
        for (auto const& [element, removed] : removed_) {
            value_traits<T>::write(out, element);
            out.boolean(removed);
        }
    }
    static two_phase_set read(state_reader& in) {
        two_phase_set result;
        detail::read_entries(in, result.removed_, [&] { return in.boolean(); });
        return result;
    }
    void write_json(json::writer& json) const {
        json.array([&] { for_each([&](T const& element) { value_traits<T>::write_json(json, element); }); });
    }

    friend bool operator==(two_phase_set const&, two_phase_set const&) = default;

private:
    two_phase_set advance(T const& element, bool removed) {
        two_phase_set delta;
        delta.removed_.emplace(element, removed);
        join(delta);
        return delta;
    }

    std::map<T, bool> removed_; ///< what was ever added or removed
};

} // namespace unisono::inline v0::crdt
