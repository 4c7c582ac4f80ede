#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/detail/string_map.hpp>
#include <unisono/core/random.hpp>
#include <unisono/hub/detail/room.hpp>
#include <unisono/hub/room_settings.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace unisono::inline v0::detail {

/// The rooms that live on one shard, and when they go.
///
/// A room appears when it is asked for. Nobody in it and nothing ever said: it goes at once. Nobody in it any
/// more: its messages go when they expire and its epoch and offset some time later, or earlier when there are
/// too many such rooms. Thread safety: none.
class room_table {
public:
    struct configuration {
        room_settings defaults;
        std::function<room_settings(std::string_view)> settings; ///< may be empty
        idle_limits idle;
        random_source* random;
        std::size_t shards;
    };

    explicit room_table(configuration const& with) : with_(with) {}
    room_table(room_table const&) = delete;
    room_table& operator=(room_table const&) = delete;

    /// The room of that name, made when there is none. Call settle() when done with it.
    room& get(std::string_view name, clock::time_point now);

    /// Null when there is none.
    room* find(std::string_view name) noexcept;

    void append(room& r, message_ptr m, clock::time_point now);

    /// After anything was done with a room: it may be gone afterwards.
    void settle(room& r, clock::time_point now);

    /// Lets go of what has expired. Costs what there is to let go of, not what there is.
    void sweep(clock::time_point now);

    std::size_t size() const noexcept { return rooms_.size(); }
    std::size_t idle_count() const noexcept { return idle_.size(); }
    std::size_t idle_bytes() const noexcept { return idle_bytes_; }

    template <class Visit>
    void for_each(Visit&& visit) const {
        for (auto const& [name, r] : rooms_)
            visit(*r);
    }

private:
    template <class Change>
    void change(room& r, Change&& change_history);
    void expire(room& r, clock::time_point now);
    void set_idle(room& r, clock::time_point now);
    void set_used(room& r);
    void schedule(room& r);
    static bool unused(room const& r, clock::time_point now);
    static std::optional<clock::time_point> next_expiry(room const& r);
    void forget(room& r);

    configuration const& with_;
    string_map<std::unique_ptr<room>> rooms_;
    room::idle_row idle_; ///< nobody is in these; used longest ago first
    std::size_t idle_bytes_ = 0;
    room::due_row due_;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/detail/impl/room_table.ipp>
#endif
