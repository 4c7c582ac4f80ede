#pragma once

#include <unisono/core/random.hpp>
#include <unisono/crdt/encoding.hpp>

#include "event.hpp"
#include "laws.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace unisono::test {

/// Who makes a change, and what it may draw on.
struct author {
    std::size_t number;
    crdt::replica_id id;
    crdt::timestamp now; ///< replicas often have the same time, one replica never twice
    random_source& random;

    int one_of(int choices) { return static_cast<int>(random.below(static_cast<std::uint64_t>(choices))); }
};

/// A random history of three to five replicas: they change, tell each other at random, late, twice or in
/// groups, and meet. After each step the laws are checked and what is shown is held against the model.
///
/// Subject has `state`, `change(state&, author&, events const&, event_set known) -> pair<event, state>` and
/// `model(events const&, event_set known) -> string`, the JSON to be shown.
template <class Subject>
class history {
    using state = typename Subject::state;

public:
    explicit history(std::uint64_t seed) : random_(seed), replicas_(3 + random_.below(3)) {
        for (replica& r : replicas_)
            r.id = crdt::new_replica_id(random_);
    }

    /// Returns the number of steps.
    std::size_t play() {
        auto const length = 1 + random_.below(most_events);
        std::size_t step = 0;
        try {
            for (; step != length; ++step)
                take_step();
            meet();
        } catch (std::exception const& e) {
            throw std::runtime_error{"step " + std::to_string(step) + ": " + e.what()};
        }
        return step;
    }

private:
    struct replica {
        crdt::replica_id id = 0;
        state held = {};
        event_set known = {};
        std::uint64_t time = 0;
    };
    struct told {
        state delta;
        event_set events;
    };

    replica& any() { return replicas_[random_.below(replicas_.size())]; }

    /// Mostly one of the last, sometimes an old one once more.
    told const& any_delta() {
        auto const back =
            random_.below(random_.below(4) == 0 ? deltas_.size() : std::min<std::size_t>(8, deltas_.size()));
        return deltas_[deltas_.size() - 1 - back];
    }

    void take_step() {
        auto const what = random_.below(20);
        auto& here = any();
        auto& there = any();
        if (deltas_.empty() || what < 9)
            change(here);
        else if (what < 14)
            hear(here, any_delta());
        else if (what < 16)
            hear(here, {there.held, there.known});
        else if (what < 17)
            hear_missing(here, there);
        else if (what < 18) {
            auto group = any_delta();
            auto const& more = any_delta();
            group.delta.join(more.delta);
            group.events |= more.events;
            deltas_.push_back(std::move(group));
        } else if (what < 19)
            check_join(here.held, there.held, any_delta().delta);
        else
            check_join(any_delta().delta, any_delta().delta, here.held);
        compare(here);
    }

    void change(replica& here) {
        here.time += 1 + random_.below(2);
        author me{
            static_cast<std::size_t>(&here - replicas_.data()), here.id, {here.time, 0, here.id}, random_};
        auto const before = here.held;
        auto [made, delta] = Subject::change(here.held, me, events_, here.known);
        check_change(before, delta, here.held);
        made.author = me.number;
        made.at = me.now;
        here.known.set(events_.size());
        told news{transported(delta), {}};
        news.events.set(events_.size());
        events_.push_back(std::move(made));
        deltas_.push_back(std::move(news));
    }

    void hear(replica& here, told const& news) {
        here.held = joined(here.held, transported(news.delta));
        here.known |= news.events;
    }

    void hear_missing(replica& here, replica const& there) {
        if constexpr (crdt::causal_crdt<state>) {
            check_missing(there.held, here.held);
            here.held.join(transported(there.held.missing_from(here.held.context())));
        } else {
            here.held.join(there.held);
        }
        here.known |= there.known;
    }

    void compare(replica const& here) const {
        auto const expected = Subject::model(events_, here.known);
        if (auto const found = crdt::to_json(here.held); found != expected)
            throw std::runtime_error{"shows " + found + " and should " + expected};
    }

    /// In the end everybody hears everything, each in an order of its own; also somebody who never was there.
    void meet() {
        replicas_.emplace_back();
        for (replica& here : replicas_) {
            auto missing = deltas_;
            while (!missing.empty()) {
                std::swap(missing[random_.below(missing.size())], missing.back());
                here.held.join(missing.back().delta);
                here.known |= missing.back().events;
                missing.pop_back();
            }
            compare(here);
            require_equal(here.held, replicas_.front().held, "replicas converge");
            if constexpr (crdt::causal_crdt<state>)
                if (here.held.context().ranges().size() >= replicas_.size())
                    throw std::runtime_error{"a context without gaps is one range per replica"};
        }
    }

    seeded_random random_;
    std::vector<replica> replicas_;
    events events_;
    std::vector<told> deltas_;
};

} // namespace unisono::test
