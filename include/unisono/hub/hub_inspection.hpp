#pragma once

#include <unisono/core/detail/keep_first.hpp>

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

/// The rooms of one shard, or of all, at one moment.
struct hub_inspection {
    std::size_t rooms = 0;
    std::size_t subscribers = 0;
    std::size_t history_messages = 0;
    std::size_t history_bytes = 0;
    std::vector<room_inspection> largest = {}; ///< most subscribers first

    /// Puts those of another shard to these; `largest` is in no order then.
    void add(hub_inspection const& others) {
        rooms += others.rooms;
        subscribers += others.subscribers;
        history_messages += others.history_messages;
        history_bytes += others.history_bytes;
        largest.insert(largest.end(), others.largest.begin(), others.largest.end());
    }

    /// Keeps at most so many in `largest`, in their order.
    void keep_largest(std::size_t most) {
        detail::keep_first(largest, most, [](auto const& a, auto const& b) {
            return a.subscribers != b.subscribers ? a.subscribers > b.subscribers : a.name < b.name;
        });
    }
};

} // namespace unisono::inline v0
