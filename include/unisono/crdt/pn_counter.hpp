#pragma once

#include <unisono/crdt/g_counter.hpp>

#include <algorithm>
#include <cstdint>

namespace unisono::inline v0::crdt {

/// A counter that goes up and down: votes, stock, people in a room.
///
/// Two growing counters, so it cannot be set back to zero; see causal_counter. Value type; thread safety:
/// none.
class pn_counter {
public:
    /// What one replica counted ends at 2^53-1, in each direction.
    pn_counter increment(replica_id me, std::uint64_t by = 1) {
        pn_counter delta;
        delta.up_ = up_.increment(me, by);
        return delta;
    }
    pn_counter decrement(replica_id me, std::uint64_t by = 1) {
        pn_counter delta;
        delta.down_ = down_.increment(me, by);
        return delta;
    }

    std::int64_t value() const noexcept { return up_.value() - down_.value(); }

    effect join(pn_counter const& other) { return std::max(up_.join(other.up_), down_.join(other.down_)); }

    static void write_type(state_writer& out) { out.tag(type_tag::pn_counter); }

    void write(state_writer& out) const {
        up_.write(out);
        down_.write(out);
    }
    static pn_counter read(state_reader& in) {
        pn_counter result;
        result.up_ = g_counter::read(in);
        result.down_ = g_counter::read(in);
        return result;
    }
    void write_json(json::writer& json) const { json.int64(value()); }

    friend bool operator==(pn_counter const&, pn_counter const&) = default;

private:
    g_counter up_;
    g_counter down_;
};

} // namespace unisono::inline v0::crdt
