#pragma once

#include <unisono/crdt/causal.hpp>
#include <unisono/crdt/dot_fun.hpp>
#include <unisono/crdt/type_tag.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace unisono::inline v0::crdt {

namespace detail {

/// A value under a dot.
template <crdt_value T>
struct dotted {
    T value;

    void write(state_writer& out) const { value_traits<T>::write(out, value); }
    static dotted read(state_reader& in) { return {value_traits<T>::read(in)}; }

    friend bool operator==(dotted const&, dotted const&) = default;
    friend bool operator<(dotted const& a, dotted const& b) { return a.value < b.value; }
};

} // namespace detail

/// One value that never loses one: values written at the same time are all there until somebody who has seen
/// them writes again.
template <crdt_value T>
class mv_register : public causal<mv_register<T>, dot_fun<detail::dotted<T>>> {
    using base = causal<mv_register, dot_fun<detail::dotted<T>>>;

public:
    using base::base;

    /// Replaces all values that are here.
    mv_register set(replica_id me, T value) {
        return this->replace({this->next(me), {std::move(value)}}, dots_of(this->store()));
    }

    /// The values: ascending, each once; none before the first and after reset().
    std::vector<T> get() const { return values(this->store()); }

    static void write_type(state_writer& out) {
        out.tag(type_tag::mv_register);
        out.tag(value_traits<T>::tag);
    }

    using base::write_json;
    static void write_json(json::writer& json, typename base::store_type const& store) {
        json.array([&] {
            for (T const& value : values(store))
                value_traits<T>::write_json(json, value);
        });
    }

private:
    static std::vector<T> values(typename base::store_type const& store) {
        std::vector<T> result;
        for (auto const& [dot, written] : store.entries())
            result.push_back(written.value);
        std::sort(result.begin(), result.end());
        result.erase(std::unique(result.begin(), result.end()), result.end());
        return result;
    }
};

} // namespace unisono::inline v0::crdt
