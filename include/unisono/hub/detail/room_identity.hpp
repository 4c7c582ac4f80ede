#pragma once

#include <string>

namespace unisono::inline v0::detail {

/// What stays the same in a room's life: shared by the room, its messages and its members.
struct room_identity {
    std::string name;
    std::string epoch;
};

} // namespace unisono::inline v0::detail
