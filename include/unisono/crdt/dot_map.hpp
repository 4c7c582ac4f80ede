#pragma once

#include <unisono/crdt/detail/read_entries.hpp>
#include <unisono/crdt/dot_store.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <map>
#include <utility>
#include <vector>

namespace unisono::inline v0::crdt {

/// A dot store: a dot store under each key, none of them empty.
///
/// It knows the key of each dot, so that joining a delta takes only as long as the delta is large.
template <crdt_value Key, dot_store Store>
class dot_map {
public:
    using entries_type = std::map<Key, Store>;

    dot_map() = default;
    dot_map(dot_map&&) noexcept = default;
    dot_map(dot_map const& other) : entries_(other.entries_) { find_holders(); }
    dot_map& operator=(dot_map other) noexcept {
        entries_.swap(other.entries_);
        holders_.swap(other.holders_);
        return *this;
    }
    ~dot_map() = default;

    dot_map(Key key, Store store) {
        if (!store.empty())
            entries_.emplace(std::move(key), std::move(store));
        find_holders();
    }

    bool empty() const noexcept { return entries_.empty(); }
    entries_type const& entries() const noexcept { return entries_; }

    /// What is under that key; null when nothing is.
    Store const* find(Key const& key) const {
        auto const found = entries_.find(key);
        return found == entries_.end() ? nullptr : &found->second;
    }

    /// Takes out what is under that key; put() brings it back, changed or not.
    Store take(Key const& key) {
        auto const found = entries_.find(key);
        if (found == entries_.end())
            return {};
        found->second.for_each_dot([&](dot d) { holders_.erase(d); });
        Store taken = std::move(found->second);
        entries_.erase(found);
        return taken;
    }
    /// Precondition: nothing is under that key.
    void put(Key const& key, Store store) {
        if (store.empty())
            return;
        auto const at = entries_.emplace(key, std::move(store)).first;
        at->second.for_each_dot([&](dot d) { holders_.emplace(d, at); });
    }

    template <class Visit>
    void for_each_dot(Visit&& visit) const {
        for (auto const& [key, store] : entries_)
            store.for_each_dot(visit);
    }

    void join(causal_context const& mine, dot_map const& other, causal_context const& theirs,
              dot_changes& changes) {
        for (auto const& [key, store] : other.entries_)
            join_entry(entries_.try_emplace(key).first, mine, store, theirs, changes);

        // What they have seen under keys they do not have, they took back. Both ways find it; the shorter one
        // is taken.
        auto const taken_back = [&](iterator at) {
            if (!other.entries_.contains(at->first))
                join_entry(at, mine, Store{}, theirs, changes);
        };
        if (theirs.has_more_than(holders_.size())) {
            for (auto next = entries_.begin(); next != entries_.end();)
                taken_back(next++);
            return;
        }
        for (auto const& range : theirs.ranges())
            for (auto counter = range.first; counter <= range.last; ++counter)
                if (auto const holder = holders_.find({range.replica, counter}); holder != holders_.end())
                    taken_back(holder->second);
    }

    dot_map without(causal_context const& seen) const {
        dot_map rest;
        for (auto const& [key, store] : entries_)
            if (Store news = store.without(seen); !news.empty())
                rest.entries_.emplace_hint(rest.entries_.end(), key, std::move(news));
        rest.find_holders();
        return rest;
    }

    void write(state_writer& out) const {
        out.uint(entries_.size());
        for (auto const& [key, store] : entries_) {
            value_traits<Key>::write(out, key);
            store.write(out);
        }
    }
    static dot_map read(state_reader& in) {
        dot_map result;
        detail::read_entries(in, result.entries_, [&] {
            Store store = Store::read(in);
            if (store.empty())
                in.fail(crdt_error::not_canonical);
            return store;
        });
        result.find_holders();
        return result;
    }

    friend bool operator==(dot_map const& a, dot_map const& b) { return a.entries_ == b.entries_; }

private:
    using iterator = typename entries_type::iterator;

    void find_holders() {
        for (auto at = entries_.begin(); at != entries_.end(); ++at)
            at->second.for_each_dot([&](dot d) { holders_.emplace(d, at); });
    }

    void join_entry(iterator at, causal_context const& mine, Store const& store, causal_context const& theirs,
                    dot_changes& changes) {
        dot_changes here;
        at->second.join(mine, store, theirs, here);
        for (dot const d : here.lost)
            holders_.erase(d);
        for (dot const d : here.gained)
            holders_.emplace(d, at);
        for (auto const list : {&dot_changes::gained, &dot_changes::lost, &dot_changes::refused})
            (changes.*list).insert((changes.*list).end(), (here.*list).begin(), (here.*list).end());
        changes.reused |= here.reused;
        if (at->second.empty())
            entries_.erase(at);
    }

    entries_type entries_;
    std::map<dot, iterator> holders_;
};

} // namespace unisono::inline v0::crdt
