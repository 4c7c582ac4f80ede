#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/crdt/causal_counter.hpp>
#include <unisono/crdt/disable_wins_flag.hpp>
#include <unisono/crdt/enable_wins_flag.hpp>
#include <unisono/crdt/g_counter.hpp>
#include <unisono/crdt/g_set.hpp>
#include <unisono/crdt/lww_element_set.hpp>
#include <unisono/crdt/lww_register.hpp>
#include <unisono/crdt/mv_register.hpp>
#include <unisono/crdt/or_map.hpp>
#include <unisono/crdt/or_set.hpp>
#include <unisono/crdt/pn_counter.hpp>
#include <unisono/crdt/sequence.hpp>
#include <unisono/crdt/two_phase_set.hpp>

#include "history.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

/// The types, each with random changes and with a model of what they mean: computed from scratch out of what
/// happened and who knew of it, slow, and without anything of the library.
namespace unisono::test {

inline constexpr int few = 5; ///< so many elements, keys and values, so that replicas meet at them

inline std::string text(int n) {
    return std::string(1, static_cast<char>('a' + n));
}

template <class Values>
std::string array_of(Values const& values) {
    std::string json;
    json::writer out{json};
    out.array([&] {
        for (auto const& value : values)
            out.value(value);
    });
    return json;
}

struct g_counter_subject {
    using state = crdt::g_counter;

    static auto change(state& s, author& me, events const&, event_set const&) {
        event made{.amount = 1 + me.one_of(few)};
        return std::pair{made, s.increment(me.id, static_cast<std::uint64_t>(made.amount))};
    }
    /// Who has heard of a step has heard of those before: its delta has their sum.
    static std::int64_t sum(events const& all, event_set const& known, int kind) {
        std::map<std::size_t, std::int64_t> counted, heard;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (all[i].kind == kind) {
                counted[all[i].author] += all[i].amount;
                if (known[i])
                    heard[all[i].author] = counted[all[i].author];
            }
        std::int64_t result = 0;
        for (auto const& [author, amount] : heard)
            result += amount;
        return result;
    }
    static std::string model(events const& all, event_set const& known) {
        return std::to_string(sum(all, known, 0));
    }
};

struct pn_counter_subject {
    using state = crdt::pn_counter;

    static auto change(state& s, author& me, events const&, event_set const&) {
        event made{.kind = me.one_of(2), .amount = 1 + me.one_of(few)};
        auto const by = static_cast<std::uint64_t>(made.amount);
        return std::pair{made, made.kind == 0 ? s.increment(me.id, by) : s.decrement(me.id, by)};
    }
    static std::string model(events const& all, event_set const& known) {
        return std::to_string(g_counter_subject::sum(all, known, 0) - g_counter_subject::sum(all, known, 1));
    }
};

/// kind 0 counts, kind 1 resets. The amount is the sum the author has reached.
struct causal_counter_subject {
    using state = crdt::causal_counter;

    static auto change(state& s, author& me, events const& all, event_set const& known) {
        auto const counted = alive(all, known);
        event made{.kind = me.one_of(5) == 0 ? 1 : 0};
        if (made.kind == 1) {
            made.overrides = those(all, counted, [](event const& e) { return e.kind == 0; });
            return std::pair{made, s.reset()};
        }
        made.overrides =
            those(all, counted, [&](event const& e) { return e.kind == 0 && e.author == me.number; });
        int const step = me.one_of(2 * few) - few;
        made.amount = step;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (made.overrides[i])
                made.amount += all[i].amount;
        return std::pair{made, step < 0 ? s.decrement(me.id, static_cast<std::uint64_t>(-step))
                                        : s.increment(me.id, static_cast<std::uint64_t>(step))};
    }
    static std::string model(events const& all, event_set const& known) {
        auto const counted = alive(all, known);
        std::int64_t sum = 0;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (counted[i])
                sum += all[i].amount;
        return std::to_string(sum);
    }
};

struct lww_register_subject {
    using state = crdt::lww_register<std::string>;

    static auto change(state& s, author& me, events const&, event_set const&) {
        event made{.element = me.one_of(few)};
        return std::pair{made, s.set(me.now, text(made.element))};
    }
    static std::string model(events const& all, event_set const& known) {
        event const* last = nullptr;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (known[i] && (last == nullptr || last->at < all[i].at))
                last = &all[i];
        return last == nullptr ? "null" : '"' + text(last->element) + '"';
    }
};

/// kind 0 writes, kind 1 resets.
struct mv_register_subject {
    using state = crdt::mv_register<int>;

    static auto change(state& s, author& me, events const& all, event_set const& known) {
        event made{
            .kind = me.one_of(6) == 0 ? 1 : 0, .element = me.one_of(few), .overrides = alive(all, known)};
        return std::pair{made, made.kind == 1 ? s.reset() : s.set(me.id, made.element)};
    }
    static std::string model(events const& all, event_set const& known) {
        auto const held = alive(all, known);
        std::set<int> values;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (held[i] && all[i].kind == 0)
                values.insert(all[i].element);
        return array_of(values);
    }
};

/// kind 0 switches to what wins, kind 1 back.
template <class Flag, bool Winner>
struct flag_subject {
    using state = Flag;

    static auto change(state& s, author& me, events const& all, event_set const& known) {
        event made{.kind = me.one_of(2), .overrides = alive(all, known)};
        if constexpr (Winner)
            return std::pair{made, made.kind == 0 ? s.enable(me.id) : s.disable()};
        else
            return std::pair{made, made.kind == 0 ? s.disable(me.id) : s.enable()};
    }
    static std::string model(events const& all, event_set const& known) {
        bool const won = those(all, alive(all, known), [](event const& e) { return e.kind == 0; }).any();
        return won == Winner ? "true" : "false";
    }
};

struct g_set_subject {
    using state = crdt::g_set<std::string>;

    static auto change(state& s, author& me, events const&, event_set const&) {
        event made{.element = me.one_of(4 * few)};
        return std::pair{made, s.add(text(made.element))};
    }
    static std::string model(events const& all, event_set const& known) {
        std::set<std::string> elements;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (known[i])
                elements.insert(text(all[i].element));
        return array_of(elements);
    }
};

/// kind 0 adds, kind 1 removes.
struct two_phase_set_subject {
    using state = crdt::two_phase_set<int>;

    static auto change(state& s, author& me, events const&, event_set const&) {
        event made{.kind = me.one_of(4) == 0 ? 1 : 0, .element = me.one_of(4 * few)};
        return std::pair{made, made.kind == 1 ? s.remove(made.element) : s.add(made.element)};
    }
    static std::string model(events const& all, event_set const& known) {
        std::set<int> elements;
        for (int kind : {0, 1})
            for (std::size_t i = 0; i != all.size(); ++i)
                if (known[i] && all[i].kind == kind) {
                    if (kind == 0)
                        elements.insert(all[i].element);
                    else
                        elements.erase(all[i].element);
                }
        return array_of(elements);
    }
};

/// kind 0 adds, 1 removes, 2 takes back everything.
struct or_set_subject {
    using state = crdt::or_set<std::string>;

    static auto change(state& s, author& me, events const& all, event_set const& known) {
        int const choice = me.one_of(10);
        event made{.kind = choice < 6 ? 0 : choice < 9 ? 1 : 2, .element = me.one_of(few)};
        made.overrides = those(all, alive(all, known), [&](event const& e) {
            return e.kind == 0 && (made.kind == 2 || e.element == made.element);
        });
        return std::pair{made, made.kind == 0   ? s.add(me.id, text(made.element))
                               : made.kind == 1 ? s.remove(text(made.element))
                                                : s.reset()};
    }
    static std::string model(events const& all, event_set const& known) {
        auto const held = alive(all, known);
        std::set<std::string> elements;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (held[i] && all[i].kind == 0)
                elements.insert(text(all[i].element));
        return array_of(elements);
    }
};

/// kind 0 adds, kind 1 removes.
template <crdt::lww_bias Bias>
struct lww_element_set_subject {
    using state = crdt::lww_element_set<int, Bias>;

    static auto change(state& s, author& me, events const&, event_set const&) {
        event made{.kind = me.one_of(2), .element = me.one_of(few)};
        return std::pair{made, made.kind == 1 ? s.remove(me.now, made.element) : s.add(me.now, made.element)};
    }
    static std::string model(events const& all, event_set const& known) {
        std::map<int, event> last;
        auto const rank = [](event const& e) {
            bool const favoured = (e.kind == 0) == (Bias == crdt::lww_bias::add);
            return std::tuple{e.at.time, e.at.count, favoured, e.at.replica};
        };
        for (std::size_t i = 0; i != all.size(); ++i)
            if (known[i])
                if (auto const [at, first] = last.emplace(all[i].element, all[i]);
                    !first && rank(at->second) < rank(all[i]))
                    at->second = all[i];
        std::set<int> elements;
        for (auto const& [element, e] : last)
            if (e.kind == 0)
                elements.insert(element);
        return array_of(elements);
    }
};

/// kind 0 adds under a key, 1 removes there, 2 removes the key.
struct or_map_subject {
    using state = crdt::or_map<std::string, crdt::or_set<int>>;

    static auto change(state& s, author& me, events const& all, event_set const& known) {
        int const choice = me.one_of(10);
        event made{.kind = choice < 6   ? 0
                           : choice < 8 ? 1
                                        : 2,
                   .key = me.one_of(few),
                   .element = me.one_of(few)};
        made.overrides = those(all, alive(all, known), [&](event const& e) {
            return e.kind == 0 && e.key == made.key && (made.kind == 2 || e.element == made.element);
        });
        if (made.kind == 2)
            return std::pair{made, s.remove(text(made.key))};
        return std::pair{made, s.update(text(made.key), [&](crdt::or_set<int>& set) {
                             return made.kind == 0 ? set.add(me.id, made.element) : set.remove(made.element);
                         })};
    }
    static std::string model(events const& all, event_set const& known) {
        auto const held = alive(all, known);
        std::map<std::string, std::set<int>> sets;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (held[i] && all[i].kind == 0)
                sets[text(all[i].key)].insert(all[i].element);
        std::string json;
        json::writer out{json};
        out.object([&] {
            for (auto const& entry : sets)
                out.key(entry.first).raw(array_of(entry.second));
        });
        return json;
    }
};

/// Registers in maps in a map: kind 0 writes, 1 removes the inner key, 2 the outer one.
struct nested_map_subject {
    using state = crdt::or_map<int, crdt::or_map<std::string, crdt::mv_register<int>>>;

    static auto change(state& s, author& me, events const& all, event_set const& known) {
        int const choice = me.one_of(10);
        event made{.kind = choice < 7   ? 0
                           : choice < 9 ? 1
                                        : 2,
                   .key = me.one_of(3),
                   .element = me.one_of(3),
                   .amount = me.one_of(few)};
        made.overrides = those(all, alive(all, known), [&](event const& e) {
            return e.kind == 0 && e.key == made.key && (made.kind == 2 || e.element == made.element);
        });
        if (made.kind == 2)
            return std::pair{made, s.remove(made.key)};
        auto const inner = text(made.element);
        return std::pair{made, s.update(made.key, [&](auto& map) {
                             if (made.kind == 1)
                                 return map.remove(inner);
                             return map.update(
                                 inner, [&](auto& r) { return r.set(me.id, static_cast<int>(made.amount)); });
                         })};
    }
    static std::string model(events const& all, event_set const& known) {
        auto const held = alive(all, known);
        std::map<int, std::map<std::string, std::set<std::int64_t>>> maps;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (held[i] && all[i].kind == 0)
                maps[all[i].key][text(all[i].element)].insert(all[i].amount);
        std::string json;
        json::writer out{json};
        out.array([&] {
            for (auto const& entry : maps)
                out.array([&] {
                    out.int64(entry.first);
                    out.object([&] {
                        for (auto const& inner : entry.second)
                            out.key(inner.first).raw(array_of(inner.second));
                    });
                });
        });
        return json;
    }
};

/// kind 0 inserts, kind 1 erases. The values are the numbers of the events.
struct sequence_subject {
    using state = crdt::sequence<int>;

    static auto change(state& s, author& me, events const& all, event_set const& known) {
        auto const visible = order(all, known);
        event made;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (there(all, known)[i])
                made.counter = std::max(made.counter, all[i].counter);
        ++made.counter;
        if (!visible.empty() && me.one_of(3) == 0) {
            auto const index = me.random.below(visible.size());
            made.kind = 1;
            made.counter = 0;
            made.target = visible[index];
            return std::pair{made, s.erase(index)};
        }
        // Mostly goes on where somebody, not always this one, inserted last.
        auto index = me.random.below(visible.size() + 1);
        if (!visible.empty() && me.one_of(2) == 0)
            index = 1 + static_cast<std::size_t>(std::max_element(visible.begin(), visible.end()) -
                                                 visible.begin());
        made.target = index == 0 ? most_events : visible[index - 1];
        return std::pair{made, s.insert(me.id, index, static_cast<int>(all.size()))};
    }
    static std::string model(events const& all, event_set const& known) {
        return array_of(order(all, known));
    }

private:
    /// The insertions that are known, be it from their end.
    static event_set there(events const& all, event_set const& known) {
        event_set result;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (known[i])
                result.set(all[i].kind == 0 ? i : all[i].target);
        return result;
    }
    static void append(events const& all, event_set const& inserted, std::size_t origin,
                       std::vector<std::size_t>& order) {
        std::vector<std::tuple<std::uint64_t, crdt::replica_id, std::size_t>> children;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (inserted[i] && all[i].target == origin)
                children.emplace_back(all[i].counter, all[i].at.replica, i);
        std::sort(children.rbegin(), children.rend());
        for (auto const& child : children) {
            order.push_back(std::get<2>(child));
            append(all, inserted, std::get<2>(child), order);
        }
    }
    static std::vector<std::size_t> order(events const& all, event_set const& known) {
        std::vector<std::size_t> result;
        append(all, there(all, known), most_events, result);
        event_set erased;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (known[i] && all[i].kind == 1)
                erased.set(all[i].target);
        std::erase_if(result, [&](std::size_t i) { return erased[i]; });
        return result;
    }
};

} // namespace unisono::test
