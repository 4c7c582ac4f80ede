#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/causal_context.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace unisono::inline v0::crdt {

UNISONO_DECL causal_context::causal_context(std::vector<dot> dots) {
    std::sort(dots.begin(), dots.end());
    for (dot const d : dots)
        append({d.replica, d.counter, d.counter});
}

UNISONO_DECL bool causal_context::contains_range(range r) const noexcept {
    auto const after =
        std::upper_bound(ranges_.begin(), ranges_.end(), r, [](range const& x, range const& y) {
            return std::tie(x.replica, x.first) < std::tie(y.replica, y.first);
        });
    if (after == ranges_.begin())
        return false;
    range const& candidate = *std::prev(after);
    return candidate.replica == r.replica && r.last <= candidate.last;
}

UNISONO_DECL bool causal_context::covers(causal_context const& other) const noexcept {
    return std::all_of(other.ranges_.begin(), other.ranges_.end(),
                       [&](range const& r) { return contains_range(r); });
}

UNISONO_DECL bool causal_context::has_more_than(std::uint64_t dots) const noexcept {
    for (range const& r : ranges_) {
        auto const here = r.last - r.first + 1;
        if (here > dots)
            return true;
        dots -= here;
    }
    return false;
}

UNISONO_DECL dot causal_context::next(crdt::replica_id replica) const noexcept {
    auto const after = std::upper_bound(ranges_.begin(), ranges_.end(), replica,
                                        [](crdt::replica_id id, range const& r) { return id < r.replica; });
    bool const known = after != ranges_.begin() && std::prev(after)->replica == replica;
    return {replica, known ? std::prev(after)->last + 1 : 1};
}

/// Joins a range that comes behind all others with the last one when they touch.
UNISONO_DECL void causal_context::append(range added) {
    if (!ranges_.empty() && ranges_.back().replica == added.replica && added.first <= ranges_.back().last + 1)
        ranges_.back().last = std::max(ranges_.back().last, added.last);
    else
        ranges_.push_back(added);
}

UNISONO_DECL bool causal_context::insert_range(range added) {
    // Those it overlaps or touches become one with it.
    auto const begin =
        std::lower_bound(ranges_.begin(), ranges_.end(), added, [](range const& r, range const& a) {
            return r.replica < a.replica || (r.replica == a.replica && r.last + 1 < a.first);
        });
    auto end = begin;
    while (end != ranges_.end() && end->replica == added.replica && end->first <= added.last + 1)
        ++end;
    if (begin == end) {
        ranges_.insert(begin, added);
        return true;
    }
    if (begin->first <= added.first && added.last <= begin->last)
        return false;
    begin->first = std::min(begin->first, added.first);
    begin->last = std::max(std::prev(end)->last, added.last);
    ranges_.erase(std::next(begin), end);
    return true;
}

UNISONO_DECL bool causal_context::join(causal_context const& other) {
    constexpr std::size_t few = 4;
    if (other.ranges_.size() <= few) {
        bool learned = false;
        for (range const& r : other.ranges_)
            learned |= insert_range(r);
        return learned;
    }
    causal_context both;
    both.ranges_.reserve(ranges_.size() + other.ranges_.size());
    auto mine = ranges_.begin();
    auto theirs = other.ranges_.begin();
    auto const key = [](auto const& r) { return std::tie(r->replica, r->first); };
    while (mine != ranges_.end() && theirs != other.ranges_.end())
        both.append(key(mine) < key(theirs) ? *mine++ : *theirs++);
    while (mine != ranges_.end())
        both.append(*mine++);
    while (theirs != other.ranges_.end())
        both.append(*theirs++);
    if (both == *this)
        return false;
    *this = std::move(both);
    return true;
}

UNISONO_DECL causal_context causal_context::without(std::span<dot const> dots) const {
    causal_context rest;
    auto next = dots.begin();
    for (range r : ranges_) {
        for (; next != dots.end() && next->replica == r.replica && next->counter <= r.last; ++next) {
            if (r.first < next->counter)
                rest.ranges_.push_back({r.replica, r.first, next->counter - 1});
            r.first = next->counter + 1;
        }
        if (r.first <= r.last)
            rest.ranges_.push_back(r);
    }
    return rest;
}

UNISONO_DECL void causal_context::write(state_writer& out) const {
    std::vector<crdt::replica_id> replicas;
    for (range const& r : ranges_)
        if (replicas.empty() || replicas.back() != r.replica)
            replicas.push_back(r.replica);
    out.replicas(std::move(replicas));
    for (auto next = ranges_.begin(); next != ranges_.end();) {
        auto const end =
            std::find_if(next, ranges_.end(), [&](range const& r) { return r.replica != next->replica; });
        out.uint(static_cast<std::uint64_t>(end - next));
        std::uint64_t before = 0;
        for (; next != end; ++next) {
            out.uint(next->first - before);
            out.uint(next->last - next->first);
            before = next->last;
        }
    }
}

UNISONO_DECL causal_context causal_context::read(state_reader& in) {
    causal_context result;
    for (crdt::replica_id const replica : in.replicas()) {
        auto ranges = in.count();
        if (ranges == 0)
            in.fail(crdt_error::not_canonical);
        for (std::uint64_t before = 0; ranges != 0 && in.ok(); --ranges) {
            auto const first = before + in.uint();
            auto const last = first + in.uint();
            if (first < before + (before == 0 ? 1 : 2)) // one that touches would be part of the one before
                in.fail(crdt_error::not_canonical);
            if (last > in.limits().counter)
                in.fail(crdt_error::clock_out_of_range);
            result.ranges_.push_back({replica, first, last});
            before = last;
        }
    }
    return in.ok() ? result : causal_context{};
}

} // namespace unisono::inline v0::crdt
