#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/hub/detail/idempotency_window.hpp>
#include <unisono/hub/detail/room_identity.hpp>
#include <unisono/hub/history.hpp>
#include <unisono/hub/room_settings.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// A room, on the shard where it lives.
struct room {
    using idle_row = std::list<room*>;
    using due_row = std::multimap<clock::time_point, room*>;

    room(std::string_view name, std::string const& epoch, std::uint64_t number, room_settings const& settings,
         std::size_t shards)
        : identity(std::make_shared<room_identity const>(room_identity{std::string{name}, epoch})),
          past(epoch, settings.history),
          pace(settings.pace),
          number(number),
          interest(shards) {}

    std::string const& name() const noexcept { return identity->name; }

    std::shared_ptr<room_identity const> identity;
    history past;
    std::unique_ptr<idempotency_window> keys; ///< null until somebody uses one
    std::chrono::milliseconds pace;
    std::uint64_t number;                ///< random, told to nobody
    std::vector<std::uint32_t> interest; ///< subscribers by shard
    std::size_t subscribers = 0;

    // Kept by room_table
    clock::time_point used{};
    std::optional<idle_row::iterator> idle = {}; ///< while nobody is in it
    std::optional<due_row::iterator> due = {};   ///< when something of it expires, or earlier
};

} // namespace unisono::inline v0::detail
