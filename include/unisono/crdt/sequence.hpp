#pragma once

#include <unisono/crdt/detail/sequence_element.hpp>
#include <unisono/crdt/detail/sequence_order.hpp>
#include <unisono/crdt/effect.hpp>
#include <unisono/crdt/type_tag.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace unisono::inline v0::crdt {

/// A list with an order everybody agrees on: steps, cards, a playlist. A replicated growable array (Roh et
/// al., 2011): what was written one after the other stays together.
///
/// Erased elements stay as marks without a value. Places are looked for one by one, so a list is bounded to
/// `Capacity` elements, erased ones included; long text belongs into a yjs::document. Value type; thread
/// safety: none.
template <crdt_value T, std::size_t Capacity = 65'536>
class sequence {
public:
    /// Inserts in front of the element at `index`, or at the end when there is none.
    /// Throws std::length_error when the sequence is full().
    sequence insert(replica_id me, std::size_t index, T value) {
        if (full())
            throw std::length_error{"crdt::sequence is full"};
        std::size_t const at = index == 0 ? 0 : std::min(place(index - 1) + 1, order_.size());
        // Greater than every id that is here, so it belongs right behind its origin.
        element fresh{
            {greatest_counter() + 1, me}, at == 0 ? beginning : order_[at - 1].id, std::move(value)};
        sequence delta = only(fresh);
        order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(at), std::move(fresh));
        return delta;
    }

    /// Erases the element at `index`; nothing when there is none.
    sequence erase(std::size_t index) {
        auto const at = place(index);
        if (at == order_.size())
            return {};
        order_[at].value.reset();
        return only(order_[at]);
    }

    /// Linear, as at() is.
    std::size_t size() const noexcept {
        return static_cast<std::size_t>(std::count_if(order_.begin(), order_.end(),
                                                      [](element const& e) { return e.value.has_value(); }));
    }
    /// The element at `index`; null when there is none. Valid until the next change.
    T const* at(std::size_t index) const noexcept {
        auto const found = place(index);
        return found == order_.size() ? nullptr : &*order_[found].value;
    }
    std::vector<T> to_vector() const {
        std::vector<T> result;
        for (element const& e : order_)
            if (e.value)
                result.push_back(*e.value);
        return result;
    }

    /// May nothing be inserted any more? Joining is always possible: who inserted could not know.
    bool full() const noexcept { return order_.size() + waiting_.size() >= Capacity; }

    effect join(sequence const& other) {
        if (this == &other)
            return effect::none;
        constexpr std::size_t few = 16;
        if (other.order_.size() + other.waiting_.size() > few)
            return join_all(other);
        auto result = effect::none;
        for (auto const* part : {&other.order_, &other.waiting_})
            for (element const& e : *part)
                result = std::max(result, take_in(e));
        return result;
    }

    static void write_type(state_writer& out) {
        out.tag(type_tag::sequence);
        out.tag(value_traits<T>::tag);
    }
    void write(state_writer& out) const {
        out.replicas(replicas());
        out.uint(order_.size());
        out.uint(waiting_.size());
        detail::element_id before = beginning;
        for (auto const* part : {&order_, &waiting_})
            for (element const& e : *part) {
                e.write(out, before);
                before = e.id;
            }
    }
    static sequence read(state_reader& in) {
        auto const known = in.replicas().size();
        auto const placed = in.count();
        auto const all = placed + in.count();
        sequence result;
        detail::element_id before = beginning;
        for (std::size_t i = 0; i != all && in.ok(); ++i) {
            auto& part = i < placed ? result.order_ : result.waiting_;
            part.push_back(element::read(in, before));
            before = part.back().id;
        }
        if (!in.ok())
            return {};
        auto const ascending = result.elements();
        auto const same_id = [](element const& a, element const& b) { return a.id == b.id; };
        if (std::adjacent_find(ascending.begin(), ascending.end(), same_id) != ascending.end())
            in.fail(crdt_error::reused_dot);
        else if (result.replicas().size() != known || sorted(ascending) != result)
            in.fail(crdt_error::not_canonical);
        return result;
    }
    void write_json(json::writer& json) const {
        json.array([&] {
            for (element const& e : order_)
                if (e.value)
                    value_traits<T>::write_json(json, *e.value);
        });
    }

    friend bool operator==(sequence const&, sequence const&) = default;

private:
    using element = detail::sequence_element<T>;
    static constexpr detail::element_id beginning = {};

    static sequence only(element e) {
        sequence result;
        result.take_in(std::move(e));
        return result;
    }

    /// Where the visible element number `index` is; the end when there are fewer.
    std::size_t place(std::size_t index) const noexcept {
        std::size_t at = 0;
        for (; at != order_.size(); ++at)
            if (order_[at].value && index-- == 0)
                break;
        return at;
    }

    std::uint64_t greatest_counter() const noexcept {
        std::uint64_t greatest = 0;
        for (auto const* part : {&order_, &waiting_})
            for (element const& e : *part)
                greatest = std::max(greatest, e.id.counter);
        return greatest;
    }

    static auto with_id(detail::element_id id) {
        return [id](element const& e) { return e.id == id; };
    }

    effect take_in(element e) {
        for (auto* part : {&order_, &waiting_})
            if (auto const known = std::find_if(part->begin(), part->end(), with_id(e.id));
                known != part->end()) {
                bool const moves = known->origin < e.origin;
                auto const result = known->join(e);
                if (moves)
                    *this = sorted_anew();
                return result;
            }
        auto at = order_.begin();
        if (e.origin != beginning) {
            at = std::find_if(order_.begin(), order_.end(), with_id(e.origin));
            if (at == order_.end()) { // it comes when its origin does
                waiting_.insert(std::upper_bound(waiting_.begin(), waiting_.end(), e), std::move(e));
                return effect::changed;
            }
            ++at;
        }
        bool const awaited =
            std::any_of(waiting_.begin(), waiting_.end(), [&](element const& w) { return w.origin == e.id; });
        // Behind what was inserted there later, and what stands behind that.
        while (at != order_.end() && e.id < at->id)
            ++at;
        order_.insert(at, std::move(e));
        if (awaited)
            *this = sorted_anew();
        return effect::changed;
    }

    /// As taking in one by one, but in one go.
    effect join_all(sequence const& other) {
        auto all = elements();
        auto const mine = all.size();
        for (element& e : other.elements())
            all.push_back(std::move(e));
        std::inplace_merge(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(mine), all.end());
        std::vector<element> joined;
        auto result = effect::none;
        for (element& e : all)
            if (!joined.empty() && joined.back().id == e.id)
                result = std::max(result, joined.back().join(e));
            else
                joined.push_back(std::move(e));
        if (joined.size() != mine)
            result = std::max(result, effect::changed);
        if (result != effect::none)
            *this = sorted(std::move(joined));
        return result;
    }

    /// All elements, ascending by id.
    std::vector<element> elements() const {
        std::vector<element> all = order_;
        all.insert(all.end(), waiting_.begin(), waiting_.end());
        std::sort(all.begin(), all.end());
        return all;
    }
    static sequence sorted(std::vector<element> ascending) {
        sequence result;
        auto ordered = detail::sequence_order(ascending);
        for (std::size_t const i : ordered)
            result.order_.push_back(std::move(ascending[i]));
        std::sort(ordered.begin(), ordered.end());
        auto next = ordered.begin();
        for (std::size_t i = 0; i != ascending.size(); ++i)
            if (next != ordered.end() && *next == i)
                ++next;
            else
                result.waiting_.push_back(std::move(ascending[i]));
        return result;
    }
    sequence sorted_anew() const { return sorted(elements()); }

    std::vector<replica_id> replicas() const {
        std::vector<replica_id> result;
        for (auto const* part : {&order_, &waiting_})
            for (element const& e : *part) {
                result.push_back(e.id.replica);
                if (e.origin != beginning)
                    result.push_back(e.origin.replica);
            }
        std::sort(result.begin(), result.end());
        result.erase(std::unique(result.begin(), result.end()), result.end());
        return result;
    }

    std::vector<element> order_;   ///< as they stand, erased ones included
    std::vector<element> waiting_; ///< whose origin is not there yet; ascending by id
};

} // namespace unisono::inline v0::crdt
