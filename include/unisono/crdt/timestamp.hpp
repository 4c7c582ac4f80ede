#pragma once

#include <unisono/crdt/dot.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>

#include <compare>
#include <cstdint>
#include <limits>

namespace unisono::inline v0::crdt {

/// When something was written, as last-writer-wins types compare it: by time, then by count, then by replica.
/// Comes from a hybrid_clock.
struct timestamp {
    std::uint64_t time = 0;  ///< milliseconds since 1970 (UTC), at most 2^53-1
    std::uint32_t count = 0; ///< tells apart what one clock said within a millisecond
    crdt::replica_id replica = 0;

    void write(state_writer& out) const {
        out.uint(time);
        out.uint(count);
        out.replica(replica);
    }
    static timestamp read(state_reader& in) {
        auto const time = in.uint();
        auto const count = in.uint();
        if (count > std::numeric_limits<std::uint32_t>::max())
            in.fail(codec_error::number_overflow);
        return {time, static_cast<std::uint32_t>(count), in.replica()};
    }

    friend auto operator<=>(timestamp const&, timestamp const&) = default;
};

} // namespace unisono::inline v0::crdt
