#pragma once

#include <unisono/crdt/delta_crdt.hpp>
#include <unisono/crdt/type_tag.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

/// The best result of every player: a CRDT, for the best of two results is the best whoever hears of them in
/// whatever order. A change is told as a table with one row.
class high_scores {
public:
    high_scores reach(std::string const& player, std::int32_t points) {
        high_scores delta;
        delta.best_.emplace(player, points);
        join(delta);
        return delta;
    }
    std::map<std::string, std::int32_t> const& best() const noexcept { return best_; }

    // What makes it a unisono::crdt::delta_crdt: it joins, travels, and can be shown.
    unisono::crdt::effect join(high_scores const& other) {
        auto changed = unisono::crdt::effect::none;
        for (auto const& [player, points] : other.best_) {
            auto const [row, added] = best_.emplace(player, points);
            if (!added && row->second >= points)
                continue;
            row->second = points;
            changed = unisono::crdt::effect::changed;
        }
        return changed;
    }
    static void write_type(unisono::crdt::state_writer& out) {
        out.tag(unisono::crdt::type_tag::first_of_host);
    }
    void write(unisono::crdt::state_writer& out) const {
        out.uint(best_.size());
        for (auto const& [player, points] : best_) {
            out.text(player);
            out.sint(points);
        }
    }
    static high_scores read(unisono::crdt::state_reader& in) {
        high_scores read;
        std::string before;
        for (auto n = in.count(); n != 0 && in.ok(); --n) {
            std::string player{in.text()};
            if (!read.best_.empty() &&
                player <= before) // one order only, so that equal tables are equal bytes
                in.fail(unisono::crdt_error::not_canonical);
            before = player;
            read.best_.emplace(std::move(player), unisono::crdt::value_traits<std::int32_t>::read(in));
        }
        return read;
    }
    void write_json(unisono::json::writer& json) const {
        json.object([&] {
            for (auto const& [player, points] : best_)
                json.member(player, points);
        });
    }
    friend bool operator==(high_scores const&, high_scores const&) = default;

private:
    std::map<std::string, std::int32_t> best_;
};
static_assert(unisono::crdt::delta_crdt<high_scores>);
