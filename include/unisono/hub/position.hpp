#pragma once

#include <cstdint>
#include <string>

namespace unisono::inline v0 {

/// A place in a room's stream of publications.
///
/// `epoch` names one life of the stream: it is random and new whenever the stream was created or lost, so
/// that a position from an earlier life is never mistaken for one of this. `offset` counts publications from
/// 1; 0 is before the first. Offsets stay below 2^53, so that JavaScript numbers are exact.
struct position {
    std::string epoch;
    std::uint64_t offset = 0;

    bool operator==(position const&) const = default;
};

} // namespace unisono::inline v0
