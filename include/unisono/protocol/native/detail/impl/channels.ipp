#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/detail/channels.hpp>

#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL native_channels::native_channels(hub& rooms, native_options const& options)
    : rooms_(rooms), options_(options), shards_(rooms.shard_count()) {}

UNISONO_DECL native_channels::channel_state& native_channels::get(std::string_view channel) {
    auto& all = home_of(channel);
    if (auto const found = all.find(channel); found != all.end())
        return found->second;
    channel_state fresh{native_presence{options_.limits.presence_members}};
    return all.emplace(std::string{channel}, std::move(fresh)).first->second;
}

UNISONO_DECL void native_channels::tell(std::string_view channel, std::optional<std::string> diff) {
    if (diff)
        rooms_.publish(channel, {.data = payload{*diff}, .ephemeral = true, .kind = message_kind::presence});
}

UNISONO_DECL std::string native_channels::observe(std::string_view channel, publisher const& who) {
    auto& c = get(channel);
    ++c.observers;
    tell(channel, c.presence.enter(who, options_.clock->wall_time()));
    return c.presence.state(false);
}

UNISONO_DECL void native_channels::leave(std::string_view channel, publisher const& who, bool observer) {
    auto& all = home_of(channel);
    auto const found = all.find(channel);
    if (found == all.end())
        return;
    auto& c = found->second;
    if (observer)
        --c.observers;
    tell(channel, c.presence.leave(who));
    if (c.unused())
        all.erase(found);
}

UNISONO_DECL std::uint64_t native_channels::take_alias(std::string_view channel) {
    auto& c = get(channel);
    if (c.alias_holders++ == 0) {
        auto const shard = rooms_.owner_of(channel);
        c.alias = ++shards_[shard].aliases * shards_.size() + shard;
    }
    return c.alias;
}

UNISONO_DECL void native_channels::drop_alias(std::string_view channel) {
    auto& all = home_of(channel);
    auto const found = all.find(channel);
    if (found == all.end())
        return;
    --found->second.alias_holders;
    if (found->second.unused())
        all.erase(found);
}

UNISONO_DECL void native_channels::set_state(std::string_view channel, publisher const& who,
                                             std::string_view state) {
    tell(channel, get(channel).presence.set(who, state, options_.clock->wall_time()));
}

UNISONO_DECL std::string native_channels::state(std::string_view channel, bool push) {
    auto const& all = home_of(channel);
    auto const found = all.find(channel);
    return found == all.end() ? native_presence{0}.state(push) : found->second.presence.state(push);
}

UNISONO_DECL std::string native_channels::count(std::string_view channel) {
    auto const& all = home_of(channel);
    auto const found = all.find(channel);
    std::string out;
    json::writer w{out};
    w.object([&] {
        w.member("clients", found == all.end() ? std::size_t{0} : found->second.presence.clients());
        w.member("users", found == all.end() ? std::size_t{0} : found->second.presence.users());
    });
    return out;
}

} // namespace unisono::inline v0::detail
