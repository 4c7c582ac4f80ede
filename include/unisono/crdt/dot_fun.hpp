#pragma once

#include <unisono/crdt/dot_store.hpp>
#include <unisono/crdt/error.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace unisono::inline v0::crdt {

/// A dot store: a value under each dot. Meant for few dots, as concurrent changes leave them.
///
/// Value has an order, `write(state_writer&)` and a static `read(state_reader&)`. Of two values under one
/// dot, which only a replica id used twice brings about, the greater one stays.
template <class Value>
class dot_fun {
public:
    struct entry {
        crdt::dot dot;
        [[no_unique_address]] Value value;

        friend bool operator==(entry const&, entry const&) = default;
    };

    dot_fun() noexcept = default;
    dot_fun(crdt::dot d, Value value) { entries_.push_back({d, std::move(value)}); }

    bool empty() const noexcept { return entries_.empty(); }

    /// Ascending by dot.
    std::span<entry const> entries() const noexcept { return entries_; }

    template <class Visit>
    void for_each_dot(Visit&& visit) const {
        for (entry const& e : entries_)
            visit(e.dot);
    }

    void join(causal_context const& mine, dot_fun const& other, causal_context const& theirs,
              dot_changes& changes) {
        if (entries_ == other.entries_)
            return;
        std::vector<entry> joined;
        auto a = entries_.begin();
        auto b = other.entries_.begin();
        while (a != entries_.end() || b != other.entries_.end()) {
            if (b == other.entries_.end() || (a != entries_.end() && a->dot < b->dot)) {
                if (theirs.contains(a->dot))
                    changes.lost.push_back(a->dot);
                else
                    joined.push_back(std::move(*a));
                ++a;
            } else if (a == entries_.end() || b->dot < a->dot) {
                if (mine.contains(b->dot)) {
                    changes.refused.push_back(b->dot);
                } else {
                    changes.gained.push_back(b->dot);
                    joined.push_back(*b);
                }
                ++b;
            } else {
                changes.reused |= a->value != b->value;
                joined.push_back(a->value < b->value ? *b : std::move(*a));
                ++a, ++b;
            }
        }
        entries_ = std::move(joined);
    }

    dot_fun without(causal_context const& seen) const {
        dot_fun rest;
        std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(rest.entries_),
                     [&](entry const& e) { return !seen.contains(e.dot); });
        return rest;
    }

    void write(state_writer& out) const {
        out.uint(entries_.size());
        for (entry const& e : entries_) {
            out.dot(e.dot);
            e.value.write(out);
        }
    }
    static dot_fun read(state_reader& in) {
        dot_fun result;
        for (auto n = in.count(); n != 0 && in.ok(); --n) {
            auto const d = in.dot();
            if (!result.empty() && !(result.entries_.back().dot < d))
                in.fail(crdt_error::not_canonical);
            result.entries_.push_back({d, Value::read(in)});
        }
        return result;
    }

    friend bool operator==(dot_fun const&, dot_fun const&) = default;

private:
    std::vector<entry> entries_;
};

} // namespace unisono::inline v0::crdt
