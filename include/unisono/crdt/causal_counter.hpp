#pragma once

#include <unisono/codec/lib0_integer.hpp>
#include <unisono/crdt/causal.hpp>
#include <unisono/crdt/dot_fun.hpp>
#include <unisono/crdt/type_tag.hpp>

#include <algorithm>
#include <compare>
#include <cstdint>

namespace unisono::inline v0::crdt {

/// What one replica counted since the last reset it knew of. At most 2^53-1 each.
struct tally {
    std::uint64_t up = 0;
    std::uint64_t down = 0;

    void write(state_writer& out) const {
        out.uint(up);
        out.uint(down);
    }
    static tally read(state_reader& in) {
        auto const up = in.uint();
        return {up, in.uint()};
    }

    friend auto operator<=>(tally const&, tally const&) = default;
};

/// A counter that goes up and down and can be reset: the one to put into an or_map.
///
/// reset() takes back what it has seen. A replica that counts at the same time survives it with all it
/// counted since the last reset it knew of, not only with its last step: its number is one change.
class causal_counter : public causal<causal_counter, dot_fun<tally>> {
public:
    using causal::causal;

    /// What one replica counted ends at 2^53-1, in each direction.
    causal_counter increment(replica_id me, std::uint64_t by = 1) { return count(me, by, 0); }
    causal_counter decrement(replica_id me, std::uint64_t by = 1) { return count(me, 0, by); }

    std::int64_t value() const noexcept { return value(store()); }

    static void write_type(state_writer& out) { out.tag(type_tag::causal_counter); }

    using causal::write_json;
    static void write_json(json::writer& json, store_type const& store) { json.int64(value(store)); }

private:
    static std::int64_t value(store_type const& store) noexcept {
        std::int64_t up = 0, down = 0;
        for (auto const& [dot, tally] : store.entries()) {
            up += std::min(static_cast<std::int64_t>(tally.up), INT64_MAX - up);
            down += std::min(static_cast<std::int64_t>(tally.down), INT64_MAX - down);
        }
        return up - down;
    }

    causal_counter count(replica_id me, std::uint64_t up, std::uint64_t down) {
        tally sum;
        std::vector<dot> old;
        for (auto const& [dot, tally] : store().entries())
            if (dot.replica == me) {
                sum = tally;
                old.push_back(dot);
            }
        sum.up += std::min(up, lib0_max_integer - sum.up);
        sum.down += std::min(down, lib0_max_integer - sum.down);
        return replace({next(me), sum}, std::move(old));
    }
};

} // namespace unisono::inline v0::crdt
