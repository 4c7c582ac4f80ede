#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace unisono::inline v0 {

/// One room, as seen from outside.
struct room_inspection {
    std::string name = {};
    std::size_t subscribers = 0;
    std::uint64_t publications = 0; ///< that were kept, since the room came to be
    std::size_t history_messages = 0;
    std::size_t history_bytes = 0;
};

/// The rooms of one shard at one moment.
struct hub_inspection {
    std::size_t rooms = 0;
    std::size_t subscribers = 0;
    std::size_t history_messages = 0;
    std::size_t history_bytes = 0;
    std::vector<room_inspection> largest = {}; ///< most subscribers first
};

} // namespace unisono::inline v0
