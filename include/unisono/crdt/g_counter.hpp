#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/codec/lib0_integer.hpp>
#include <unisono/crdt/dot.hpp>
#include <unisono/crdt/effect.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>
#include <unisono/crdt/type_tag.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

namespace unisono::inline v0::crdt {

/// A counter that only grows: what happened, however often it is told.
///
/// Holds one number per replica that ever counted. Value type; thread safety: none.
class g_counter {
public:
    /// Counts `by` more. What one replica counted ends at 2^53-1.
    g_counter increment(replica_id me, std::uint64_t by = 1) {
        g_counter delta;
        if (by == 0)
            return delta;
        auto& count = counts_[me];
        count += std::min(by, lib0_max_integer - count);
        delta.counts_.emplace(me, count);
        return delta;
    }

    /// What all replicas counted, at most 2^63-1.
    std::int64_t value() const noexcept {
        std::int64_t sum = 0;
        for (auto const& [replica, count] : counts_)
            sum += std::min(static_cast<std::int64_t>(count), INT64_MAX - sum);
        return sum;
    }

    effect join(g_counter const& other) {
        auto result = effect::none;
        for (auto const& [replica, count] : other.counts_) {
            auto& mine = counts_[replica];
            if (mine < count) {
                mine = count;
                result = effect::changed;
            }
        }
        return result;
    }

    static void write_type(state_writer& out) { out.tag(type_tag::g_counter); }

    void write(state_writer& out) const {
        std::vector<replica_id> replicas;
        for (auto const& [replica, count] : counts_)
            replicas.push_back(replica);
        out.replicas(std::move(replicas));
        for (auto const& [replica, count] : counts_)
            out.uint(count);
    }
    static g_counter read(state_reader& in) {
        g_counter result;
        for (auto const replica : in.replicas()) {
            auto const count = in.uint();
            if (count == 0)
                in.fail(crdt_error::not_canonical);
            result.counts_.emplace_hint(result.counts_.end(), replica, count);
        }
        return result;
    }
    void write_json(json::writer& json) const { json.int64(value()); }

    friend bool operator==(g_counter const&, g_counter const&) = default;

private:
    std::map<replica_id, std::uint64_t> counts_;
};

} // namespace unisono::inline v0::crdt
