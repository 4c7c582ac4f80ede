#pragma once

#include <unisono/crdt/detail/read_entries.hpp>
#include <unisono/crdt/effect.hpp>
#include <unisono/crdt/timestamp.hpp>
#include <unisono/crdt/type_tag.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace unisono::inline v0::crdt {

/// Which change of an element counts when two have the same time.
enum class lww_bias { add, remove };

/// A set in which the last change of each element counts, by the clock: what is switched on for whom.
///
/// Unlike or_set it needs no causal context, but what was removed is remembered for good, and clocks decide.
/// Value type; thread safety: none.
template <crdt_value T, lww_bias Bias = lww_bias::add>
class lww_element_set {
public:
    /// At a time from a hybrid_clock that has observed what this set has seen.
    lww_element_set add(timestamp at, T const& element) { return change(element, {at, true}); }
    lww_element_set remove(timestamp at, T const& element) { return change(element, {at, false}); }

    bool contains(T const& element) const {
        auto const found = changes_.find(element);
        return found != changes_.end() && found->second.present;
    }

    /// Calls `visit(element)` for each, ascending.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (auto const& [element, last] : changes_)
            if (last.present)
                visit(element);
    }

    /// For hybrid_clock::observe.
    std::optional<timestamp> latest() const noexcept {
        std::optional<timestamp> result;
        for (auto const& [element, last] : changes_)
            result = std::max(result, std::optional{last.at});
        return result;
    }

    effect join(lww_element_set const& other) {
        auto result = effect::none;
        for (auto const& [element, theirs] : other.changes_) {
            auto const [at, added] = changes_.emplace(element, theirs);
            auto& mine = at->second;
            bool const reused = mine.at == theirs.at && mine.present != theirs.present;
            if (reused)
                result = effect::reused;
            else if (added || mine < theirs)
                result = std::max(result, effect::changed);
            mine = std::max(mine, theirs);
        }
        return result;
    }

    static void write_type(state_writer& out) {
        out.tag(Bias == lww_bias::add ? type_tag::lww_element_set_add : type_tag::lww_element_set_remove);
        out.tag(value_traits<T>::tag);
    }
    void write(state_writer& out) const {
        out.replicas(writers());
        out.uint(changes_.size());
        for (auto const& [element, last] : changes_) {
            value_traits<T>::write(out, element);
            last.at.write(out);
            out.boolean(last.present);
        }
    }
    static lww_element_set read(state_reader& in) {
        lww_element_set result;
        auto const replicas = in.replicas().size();
        detail::read_entries(in, result.changes_, [&] {
            auto const at = timestamp::read(in);
            return last_change{at, in.boolean()};
        });
        if (result.writers().size() != replicas)
            in.fail(crdt_error::not_canonical);
        return result;
    }
    void write_json(json::writer& json) const {
        json.array([&] { for_each([&](T const& element) { value_traits<T>::write_json(json, element); }); });
    }

    friend bool operator==(lww_element_set const&, lww_element_set const&) = default;

private:
    struct last_change {
        timestamp at;
        bool present;

        auto rank() const noexcept {
            return std::tuple{at.time, at.count, present == (Bias == lww_bias::add), at.replica};
        }
        friend bool operator<(last_change const& a, last_change const& b) noexcept {
            return a.rank() < b.rank();
        }
        friend bool operator==(last_change const&, last_change const&) = default;
    };

    lww_element_set change(T const& element, last_change made) {
        lww_element_set delta;
        delta.changes_.emplace(element, made);
        join(delta);
        return delta;
    }

    std::vector<replica_id> writers() const {
        std::vector<replica_id> result;
        for (auto const& [element, last] : changes_)
            result.push_back(last.at.replica);
        std::sort(result.begin(), result.end());
        result.erase(std::unique(result.begin(), result.end()), result.end());
        return result;
    }

    std::map<T, last_change> changes_;
};

} // namespace unisono::inline v0::crdt
