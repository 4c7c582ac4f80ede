#pragma once

#include <unisono/crdt/causal.hpp>
#include <unisono/crdt/delta_crdt.hpp>
#include <unisono/crdt/dot_map.hpp>
#include <unisono/crdt/type_tag.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace unisono::inline v0::crdt {

/// Values under keys, each of them a CRDT that is changed in place: a form, the shapes of a drawing, a cart.
///
/// Removing a key takes back what was seen of its value. A change made at the same time survives, with
/// nothing but its own effect, and so does its key. A key is there as long as its value holds anything. Value
/// type; thread safety: none.
template <crdt_value Key, causal_crdt Value>
class or_map : public causal<or_map<Key, Value>, dot_map<Key, typename Value::store_type>> {
    using base = causal<or_map, dot_map<Key, typename Value::store_type>>;

public:
    using base::base;
    using typename base::store_type;

    /// Changes the value under a key: `change(value)` is given it (a new one when there is none) and returns
    /// the delta of all it does to it. Meanwhile it must not use this map.
    template <class Change>
    or_map update(Key key, Change&& change) {
        static_assert(std::same_as<std::invoke_result_t<Change, Value&>, Value>, "change() returns a delta");
        // The value borrows its part of the store, and the context, which it shares with all others.
        auto mine = std::move(*this).release();
        Value value{mine.store.take(key), std::move(mine.context)};
        auto const give_back = [&] {
            auto changed = std::move(value).release();
            mine.store.put(key, std::move(changed.store));
            static_cast<base&>(*this) = base{std::move(mine.store), std::move(changed.context)};
        };
        Value delta = [&] {
            try {
                return std::forward<Change>(change)(value);
            } catch (...) {
                give_back();
                throw;
            }
        }();
        give_back();
        auto made = std::move(delta).release();
        return or_map{store_type{std::move(key), std::move(made.store)}, std::move(made.context)};
    }

    or_map remove(Key const& key) {
        auto const* value = this->store().find(key);
        return this->replace({}, value == nullptr ? std::vector<dot>{} : dots_of(*value));
    }

    bool contains(Key const& key) const { return this->store().find(key) != nullptr; }
    std::size_t size() const noexcept { return this->store().entries().size(); }

    /// A copy of the value under a key, to look at.
    std::optional<Value> get(Key const& key) const {
        auto const* value = this->store().find(key);
        return value == nullptr ? std::nullopt
                                : std::optional{Value{*value, causal_context{dots_of(*value)}}};
    }

    /// Calls `visit(key)` for each, ascending.
    template <class Visit>
    void for_each_key(Visit&& visit) const {
        for (auto const& [key, value] : this->store().entries())
            visit(key);
    }

    static void write_type(state_writer& out) {
        out.tag(type_tag::or_map);
        out.tag(value_traits<Key>::tag);
        Value::write_type(out);
    }

    /// An object; for keys that are not text, an array of pairs.
    using base::write_json;
    static void write_json(json::writer& json, store_type const& store) {
        if constexpr (std::same_as<Key, std::string>)
            json.object([&] {
                for (auto const& entry : store.entries())
                    Value::write_json(json.key(entry.first), entry.second);
            });
        else
            json.array([&] {
                for (auto const& entry : store.entries())
                    json.array([&] {
                        value_traits<Key>::write_json(json, entry.first);
                        Value::write_json(json, entry.second);
                    });
            });
    }
};

} // namespace unisono::inline v0::crdt
