#pragma once

#include <unisono/core/result.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/presence/tracker.hpp>
#include <unisono/protocol/native/options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace unisono::inline v0::detail {

/// What the protocol keeps for a channel besides the hub's room: presence. It lives on the shard of the room,
/// so that it changes in the same order as the room.
///
/// Thread safety: everything that names a channel is called on that channel's shard and in a turn of the
/// hub's (hub::run_on_owner): then what is published, also by the host's hooks, waits until presence is done.
class native_channels {
public:
    native_channels(hub& rooms, native_options const& options);

    /// Enters `who` and counts an observer. Returns the list as it is told from now on: a subscription made
    /// right after this gets every later diff.
    std::string observe(std::string_view channel, publisher const& who);

    /// Takes out `who`, or has it waited for: so long, at most for the grace window.
    void leave(std::string_view channel, publisher const& who,
               std::optional<std::chrono::milliseconds> back_within);
    void stop_observing(std::string_view channel);

    /// A number for the channel, the same for all who asked for it until the last of them has dropped it.
    /// Above 0.
    std::uint64_t take_alias(std::string_view channel);
    void drop_alias(std::string_view channel);

    result<void> set_state(std::string_view channel, publisher const& who, std::string_view state);

    /// Everybody, as a JSON payload; see encode_native_presence().
    std::string state(std::string_view channel, bool push);

    /// `{"clients":…,"users":…}`
    std::string count(std::string_view channel);

    /// Lets go of whose time is over. On that shard, in a turn of the hub's (hub::run_on).
    void advance(std::size_t shard);

    /// Channels with presence and with aliases that are kept on that shard. On that shard.
    std::size_t size(std::size_t shard) const {
        return shards_[shard].presence.channel_count() + shards_[shard].aliases.size();
    }

private:
    struct alias {
        std::uint64_t number = 0;
        std::size_t holders = 0;
    };
    struct shard_state {
        explicit shard_state(presence_options options) : presence(std::move(options)) {}

        presence_tracker presence;
        std::map<std::string, alias, std::less<>> aliases;
        std::uint64_t last_alias = 0;
    };

    shard_state& home_of(std::string_view channel) { return shards_[rooms_.owner_of(channel)]; }
    presence_options presence_for_shard();

    hub& rooms_;
    native_options const& options_;
    std::deque<shard_state> shards_;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/detail/impl/channels.ipp>
#endif
