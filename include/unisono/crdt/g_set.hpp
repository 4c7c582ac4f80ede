#pragma once

#include <unisono/crdt/effect.hpp>
#include <unisono/crdt/type_tag.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <cstddef>
#include <set>
#include <utility>

namespace unisono::inline v0::crdt {

/// A set from which nothing is ever removed: who has seen it, which ids were handled.
///
/// Value type; thread safety: none.
template <crdt_value T>
class g_set {
public:
    g_set add(T element) {
        g_set delta;
        elements_.insert(element);
        delta.elements_.insert(std::move(element));
        return delta;
    }

    bool contains(T const& element) const { return elements_.contains(element); }
    std::size_t size() const noexcept { return elements_.size(); }
    /// Ascending.
    std::set<T> const& elements() const noexcept { return elements_; }

    effect join(g_set const& other) {
        auto const before = size();
        elements_.insert(other.elements_.begin(), other.elements_.end());
        return size() != before ? effect::changed : effect::none;
    }

    static void write_type(state_writer& out) {
        out.tag(type_tag::g_set);
        out.tag(value_traits<T>::tag);
    }
    void write(state_writer& out) const {
        out.uint(size());
        for (T const& element : elements_)
            value_traits<T>::write(out, element);
    }
    static g_set read(state_reader& in) {
        g_set result;
        auto& elements = result.elements_;
        for (auto n = in.count(); n != 0 && in.ok(); --n) {
            T element = value_traits<T>::read(in);
            if (!elements.empty() && !(*elements.rbegin() < element))
                in.fail(crdt_error::not_canonical);
            elements.insert(elements.end(), std::move(element));
        }
        return result;
    }
    void write_json(json::writer& json) const {
        json.array([&] {
            for (T const& element : elements_)
                value_traits<T>::write_json(json, element);
        });
    }

    friend bool operator==(g_set const&, g_set const&) = default;

private:
    std::set<T> elements_;
};

} // namespace unisono::inline v0::crdt
