#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/protocol/native/detail/presence.hpp>
#include <unisono/protocol/native/options.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// What the protocol keeps for a channel besides the hub's room: presence. It lives on the shard of the room,
/// so that it changes in the same order as the room.
///
/// Thread safety: everything that names a channel is called on that channel's shard (hub::run_on_owner).
class native_channels {
public:
    native_channels(hub& rooms, native_options const& options);

    /// Enters `who` and counts an observer. Returns the state as it is from now on: a subscription made
    /// right after this gets every later diff.
    std::string observe(std::string_view channel, publisher const& who);

    /// Takes `who` out, and its observer.
    void leave(std::string_view channel, publisher const& who, bool observer);

    /// A number for the channel, the same for all who asked for it until the last of them has dropped it.
    /// Above 0.
    std::uint64_t take_alias(std::string_view channel);
    void drop_alias(std::string_view channel);

    void set_state(std::string_view channel, publisher const& who, std::string_view state);

    /// Everybody, as a JSON payload; see native_presence::state.
    std::string state(std::string_view channel, bool push);

    /// `{"clients":…,"users":…}`
    std::string count(std::string_view channel);

    /// Channels with anything kept on that shard. On that shard.
    std::size_t size(std::size_t shard) const { return shards_[shard].channels.size(); }

private:
    struct channel_state {
        native_presence presence;
        /// While somebody holds a revision the count must not start anew.
        std::size_t observers = 0;
        std::uint64_t alias = 0;
        std::size_t alias_holders = 0;

        bool unused() const noexcept { return observers == 0 && alias_holders == 0 && presence.empty(); }
    };
    using channel_map = std::map<std::string, channel_state, std::less<>>;
    struct shard_state {
        channel_map channels;
        std::uint64_t aliases = 0; ///< given out so far
    };

    channel_map& home_of(std::string_view channel) { return shards_[rooms_.owner_of(channel)].channels; }
    channel_state& get(std::string_view channel);
    void tell(std::string_view channel, std::optional<std::string> diff);

    hub& rooms_;
    native_options const& options_;
    std::vector<shard_state> shards_;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/detail/impl/channels.ipp>
#endif
