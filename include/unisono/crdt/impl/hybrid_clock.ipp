#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/hybrid_clock.hpp>

#include <algorithm>
#include <limits>
#include <tuple>

namespace unisono::inline v0::crdt {

/// A clock that is set before 1970 says 1970.
UNISONO_DECL std::uint64_t hybrid_clock::wall() const noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time_.wall_time().count()));
}

UNISONO_DECL timestamp hybrid_clock::now() noexcept {
    if (auto const time = wall(); time > last_.time) {
        last_.time = time;
        last_.count = 0;
    } else if (last_.count == std::numeric_limits<std::uint32_t>::max()) {
        ++last_.time;
        last_.count = 0;
    } else {
        ++last_.count;
    }
    return last_;
}

UNISONO_DECL result<void> hybrid_clock::observe(std::optional<timestamp> seen) noexcept {
    if (!seen)
        return {};
    if (seen->time > wall() + static_cast<std::uint64_t>(skew_.count()))
        return crdt_error::clock_skew;
    if (std::tie(last_.time, last_.count) < std::tie(seen->time, seen->count)) {
        last_.time = seen->time;
        last_.count = seen->count;
    }
    return {};
}

} // namespace unisono::inline v0::crdt
