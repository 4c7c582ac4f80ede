#pragma once

#include <unisono/crdt/causal.hpp>
#include <unisono/crdt/dot_map.hpp>
#include <unisono/crdt/dot_set.hpp>
#include <unisono/crdt/type_tag.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace unisono::inline v0::crdt {

/// A set to which anything can be added and removed, as often as wanted: tags, members, selected items.
///
/// Who adds an element wins over who removes it at the same time. Removed elements leave nothing behind.
/// Value type; thread safety: none.
template <crdt_value T>
class or_set : public causal<or_set<T>, dot_map<T, dot_set>> {
    using base = causal<or_set, dot_map<T, dot_set>>;

public:
    using base::base;

    or_set add(replica_id me, T element) {
        auto old = dots_under(element);
        return this->replace({std::move(element), dot_set{this->next(me), {}}}, std::move(old));
    }
    or_set remove(T const& element) { return this->replace({}, dots_under(element)); }

    bool contains(T const& element) const { return this->store().find(element) != nullptr; }
    std::size_t size() const noexcept { return this->store().entries().size(); }

    /// Calls `visit(element)` for each, ascending.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (auto const& [element, dots] : this->store().entries())
            visit(element);
    }

    static void write_type(state_writer& out) {
        out.tag(type_tag::or_set);
        out.tag(value_traits<T>::tag);
    }

    using base::write_json;
    static void write_json(json::writer& json, typename base::store_type const& store) {
        json.array([&] {
            for (auto const& [element, dots] : store.entries())
                value_traits<T>::write_json(json, element);
        });
    }

private:
    std::vector<dot> dots_under(T const& element) const {
        auto const* dots = this->store().find(element);
        return dots == nullptr ? std::vector<dot>{} : dots_of(*dots);
    }
};

} // namespace unisono::inline v0::crdt
