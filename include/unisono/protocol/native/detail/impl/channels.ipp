#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/native/detail/channels.hpp>
#include <unisono/protocol/native/detail/presence.hpp>

#include <limits>
#include <utility>

namespace unisono::inline v0::detail {

/// A connection whose user is unknown is a user of its own.
inline presence_key presence_key_of(publisher const& who) noexcept {
    return {who.user.empty() ? who.client : who.user, who.client, who.connection};
}

UNISONO_DECL native_channels::native_channels(hub& rooms, native_options const& options)
    : rooms_(rooms), options_(options) {
    for (std::size_t shard = 0; shard < rooms.shard_count(); ++shard)
        shards_.emplace_back(presence_for_shard());
}

UNISONO_DECL presence_options native_channels::presence_for_shard() {
    auto const& limits = options_.limits;
    return {
        .limits = {.state = limits.presence_state,
                   .members = limits.presence_members,
                   .connections = limits.presence_connections,
                   .channels = std::numeric_limits<std::size_t>::max()}, // subscriptions are limited already
        .times = {.grace = options_.times.presence_grace, .coalesce = options_.times.presence_window},
        .events = {.diff =
                       [this](presence_diff const& diff) {
                           rooms_.publish(diff.channel, {.data = payload{encode_native_presence(diff)},
                                                         .ephemeral = true,
                                                         .kind = message_kind::presence});
                       },
                   .user_joined = options_.hooks.user_joined,
                   .user_left = options_.hooks.user_left},
        .clock = options_.clock,
    };
}

UNISONO_DECL std::string native_channels::observe(std::string_view channel, publisher const& who) {
    auto& home = home_of(channel);
    home.presence.watch(channel);
    // Who cannot be entered may still watch.
    (void)home.presence.track(channel, presence_key_of(who));
    return state(channel, false);
}

UNISONO_DECL void native_channels::leave(std::string_view channel, publisher const& who,
                                         std::optional<std::chrono::milliseconds> back_within) {
    auto& home = home_of(channel);
    if (back_within)
        home.presence.drop(channel, presence_key_of(who), *back_within);
    else
        home.presence.untrack(channel, presence_key_of(who));
}

UNISONO_DECL void native_channels::stop_observing(std::string_view channel) {
    home_of(channel).presence.unwatch(channel);
}

UNISONO_DECL std::uint64_t native_channels::take_alias(std::string_view channel) {
    auto& home = home_of(channel);
    auto const found = home.aliases.try_emplace(std::string{channel}).first;
    if (found->second.holders++ == 0)
        found->second.number = ++home.last_alias * shards_.size() + rooms_.owner_of(channel);
    return found->second.number;
}

UNISONO_DECL void native_channels::drop_alias(std::string_view channel) {
    auto& aliases = home_of(channel).aliases;
    if (auto const found = aliases.find(channel); found != aliases.end() && --found->second.holders == 0)
        aliases.erase(found);
}

UNISONO_DECL result<void> native_channels::set_state(std::string_view channel, publisher const& who,
                                                     std::string_view state) {
    return home_of(channel).presence.track(channel, presence_key_of(who), state);
}

UNISONO_DECL std::string native_channels::state(std::string_view channel, bool push) {
    return encode_native_presence(home_of(channel).presence.list(channel), push);
}

UNISONO_DECL std::string native_channels::count(std::string_view channel) {
    return encode_native_presence(home_of(channel).presence.count(channel));
}

UNISONO_DECL void native_channels::advance(std::size_t shard) {
    shards_[shard].presence.advance();
}

} // namespace unisono::inline v0::detail
