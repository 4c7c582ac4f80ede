#pragma once

#include <unisono/core/config.hpp>
#include <unisono/presence/tracker.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// Of numbers that wrap around: less than half of them ahead (RFC 1982 section 3.2).
inline bool is_later(std::uint32_t connection, std::uint32_t than) noexcept {
    return static_cast<std::int32_t>(connection - than) > 0;
}

} // namespace detail

UNISONO_DECL presence_tracker::presence_tracker(presence_options options) : options_(std::move(options)) {}

UNISONO_DECL presence_tracker::~presence_tracker() {
    for (auto& channel : channels_)
        for (auto& user : channel.second.users)
            while (user.second.entries)
                entry::destroy(user.second.entries);
}

UNISONO_DECL presence_tracker::channel_node const* presence_tracker::find(std::string_view channel) const {
    auto const found = channels_.find(channel);
    return found == channels_.end() ? nullptr : &*found;
}

UNISONO_DECL presence_tracker::channel_node* presence_tracker::find(std::string_view channel) {
    return const_cast<channel_node*>(std::as_const(*this).find(channel));
}

UNISONO_DECL presence_tracker::user_node* presence_tracker::find(channel_node& channel,
                                                                 std::string_view user) {
    auto const found = channel.second.users.find(user);
    return found == channel.second.users.end() ? nullptr : &*found;
}

UNISONO_DECL presence_tracker::entry* presence_tracker::find_own(std::string_view channel,
                                                                 presence_key const& who) {
    auto* const c = find(channel);
    auto* const u = c ? find(*c, who.user) : nullptr;
    for (auto* e = u ? u->second.entries : nullptr; e; e = e->next_of_user)
        if (e->replica == 0 && e->client() == who.client) {
            bool const is_here = !e->gone && !e->absent && e->connection == who.connection;
            bool const has_moved = e->dropped && best_of(*u, who.client) != e; // to another node
            return is_here && !has_moved ? e : nullptr;
        }
    return nullptr;
}

UNISONO_DECL presence_tracker::channel_node& presence_tracker::get_channel(std::string_view channel) {
    auto* c = find(channel);
    if (!c) {
        c = &*channels_.try_emplace(std::string{channel}).first;
        c->second.self = c;
    }
    return *c;
}

UNISONO_DECL presence_tracker::user_node& presence_tracker::get_user(std::string_view channel,
                                                                     std::string_view user) {
    auto& c = get_channel(channel);
    auto* u = find(c, user);
    if (!u) {
        u = &*c.second.users.try_emplace(std::string{user}).first;
        u->second.channel = &c;
    }
    return *u;
}

UNISONO_DECL presence_tracker::entry* presence_tracker::best_of(user_node const& user,
                                                                std::string_view client) const {
    entry* best = nullptr;
    for (auto* e = user.second.entries; e; e = e->next_of_user)
        if (counts(*e) && e->client() == client && (!best || outranks(*e, *best)))
            best = e;
    return best;
}

UNISONO_DECL bool presence_tracker::outranks(entry const& e, entry const& other) const noexcept {
    return e.stamp != other.stamp ? e.stamp > other.stamp
                                  : replicas_[e.replica].id > replicas_[other.replica].id;
}

UNISONO_DECL result<void> presence_tracker::track(std::string_view channel, presence_key const& who,
                                                  std::optional<std::string_view> state) {
    for (auto const name : {channel, who.user, who.client})
        if (!detail::is_presence_name(name))
            return presence_error::invalid_name;
    if (state && state->size() > options_.limits.state)
        return presence_error::state_too_large;
    auto* const known_channel = find(channel);
    if (!known_channel && channels_.size() >= options_.limits.channels)
        return presence_error::too_many_channels;
    auto* const known_user = known_channel ? find(*known_channel, who.user) : nullptr;
    entry* e = nullptr;
    entry const* told = nullptr;
    std::size_t connections = 0;
    for (auto* i = known_user ? known_user->second.entries : nullptr; i; i = i->next_of_user) {
        connections += !i->gone;
        if (i->client() != who.client)
            continue;
        if (i->replica == 0)
            e = i;
        if (i->told)
            told = i;
    }
    if ((!e || e->gone) && connections >= options_.limits.connections)
        return presence_error::too_many_connections;
    if (e && !e->gone && !e->dropped && detail::is_later(e->connection, who.connection))
        return presence_error::older_connection;

    auto& user = known_user ? *known_user : get_user(channel, who.user);
    entry const* const best = best_of(user, who.client);
    bool const begins = !e || e->gone || best != e || e->absent; // to speak for that client
    bool const continues = best && !best->absent;                // what it was elsewhere
    if (!e)
        e = &entry::create(user, who.client);
    if (begins) {
        // Who left and was not told to have left never did.
        e->since = told ? told->since : continues ? best->since : options_.clock->wall_time();
        if (!state)
            state = continues ? best->state_text() : "null";
        e->gone = e->absent = false;
    }
    bool const is_changed = state && *state != e->state_text();
    if (is_changed) {
        e->state = *state == "null" ? payload{} : payload{*state};
        e->changed = true;
    }
    e->connection = who.connection;
    e->dropped = false;
    renew(*e);
    if (begins || is_changed) {
        claim(*e, best);
        tell_ready();
    }
    return {};
}

UNISONO_DECL bool presence_tracker::update(std::string_view channel, presence_key const& who,
                                           std::string_view state) {
    return find_own(channel, who) && track(channel, who, state);
}

UNISONO_DECL bool presence_tracker::touch(std::string_view channel, presence_key const& who) {
    auto* const e = find_own(channel, who);
    if (e && !e->dropped)
        renew(*e);
    return e != nullptr;
}

UNISONO_DECL bool presence_tracker::untrack(std::string_view channel, presence_key const& who) {
    auto* const e = find_own(channel, who);
    if (!e)
        return false;
    if (is_claimed_elsewhere(*e) && options_.times.grace.count() != 0) {
        // Where it was before, it may still be waited for: contradict until that is over.
        e->absent = true;
        begin_grace(*e);
        claim(*e, best_of(*e->user, who.client));
    } else {
        remove(*e);
    }
    tell_ready();
    return true;
}

UNISONO_DECL bool presence_tracker::is_claimed_elsewhere(entry const& e) const {
    for (auto const* other = e.user->second.entries; other; other = other->next_of_user)
        if (other != &e && counts(*other) && other->client() == e.client())
            return true;
    return false;
}

/// As the latest claim, later than `best`.
UNISONO_DECL void presence_tracker::claim(entry& e, entry const* best) {
    auto const now = static_cast<std::uint64_t>(options_.clock->wall_time().count());
    e.stamp = best ? std::max(now, best->stamp + 1) : now;
    if (journal_)
        journal_->on_change(e);
    touched(e);
}

/// Precondition: there is a grace window.
UNISONO_DECL void presence_tracker::begin_grace(entry& e, std::chrono::milliseconds wait) {
    auto const grace = options_.times.grace;
    auto const parts = static_cast<std::chrono::milliseconds::rep>(dropped_.size());
    auto const part = wait < grace ? (wait.count() * parts + grace.count() - 1) / grace.count() : parts;
    e.dropped = true;
    e.deadline = options_.clock->now() + grace * part / parts;
    e.unlink();
    e.link_before(dropped_[static_cast<std::size_t>(part - 1)]);
}

UNISONO_DECL bool presence_tracker::drop(std::string_view channel, presence_key const& who,
                                         std::chrono::milliseconds back_within) {
    auto* const e = find_own(channel, who);
    if (!e)
        return false;
    if (e->dropped)
        return true;
    if (std::min(options_.times.grace, back_within).count() > 0) {
        begin_grace(*e, back_within);
    } else {
        remove(*e);
        tell_ready();
    }
    return true;
}

UNISONO_DECL void presence_tracker::renew(entry& e) {
    e.unlink();
    if (options_.times.ttl.count() == 0)
        return;
    e.deadline = options_.clock->now() + options_.times.ttl;
    e.link_before(alive_);
}

/// Takes it back. It stays until watchers were told, if they know it.
UNISONO_DECL void presence_tracker::remove(entry& e) {
    if (journal_ && e.replica == 0)
        journal_->on_removal(e);
    touched(e);
    e.gone = true;
    e.unlink();
    if (e.told)
        return;
    entry** own = nullptr;
    for (entry** link = &e.user->second.entries; *link; link = &(*link)->next_of_user)
        if (*link == &e)
            own = link;
        else if ((*link)->client() == e.client())
            (*link)->touched = true; // it may count now
    entry::destroy(*own);
}

UNISONO_DECL bool presence_tracker::watch(std::string_view channel) {
    if (!find(channel) && channels_.size() >= options_.limits.channels)
        return false;
    ++get_channel(channel).second.watchers;
    return true;
}

UNISONO_DECL void presence_tracker::unwatch(std::string_view channel) {
    auto* const c = find(channel);
    if (!c || c->second.watchers == 0)
        return;
    --c->second.watchers;
    forget_if_unused(*c);
}

UNISONO_DECL presence_list presence_tracker::list(std::string_view channel) const {
    presence_list all;
    auto const* const node = find(channel);
    if (!node)
        return all;
    auto const& c = node->second;
    all.revision = c.revision;
    all.unlisted = c.clients - c.listed;
    all.members.reserve(c.listed);
    for (auto const& [name, user] : c.users)
        for (auto const* e = user.entries; e; e = e->next_of_user)
            if (e->ref != 0)
                all.members.push_back({name, e->client(), e->state_text(), e->since, e->ref});
    return all;
}

UNISONO_DECL presence_counts presence_tracker::count(std::string_view channel) const {
    auto const* const c = find(channel);
    return c ? presence_counts{c->second.clients, c->second.present_users} : presence_counts{};
}

UNISONO_DECL void presence_tracker::advance() {
    auto const now = options_.clock->now();
    auto const expire = [&](detail::list_head<entry>& list) {
        while (!list.empty() && static_cast<entry&>(*list.next).deadline <= now) {
            auto& e = static_cast<entry&>(*list.next);
            if (e.absent && is_claimed_elsewhere(e))
                begin_grace(e); // of a node that crashed or is cut off, and is not known to be down yet
            else
                remove(e);
        }
    };
    expire(alive_);
    for (auto& list : dropped_)
        expire(list);
    while (!resting_.empty()) {
        auto& c = static_cast<detail::presence_channel&>(*resting_.next);
        if (c.rests_until > now)
            break;
        c.unlink();
        if (!c.changed.empty())
            c.link_before(ready_);
        else
            forget_if_unused(*c.self);
    }
    tell_ready();
}

UNISONO_DECL void presence_tracker::forget_if_unused(channel_node& channel) {
    auto const& c = channel.second;
    if (c.watchers == 0 && c.users.empty() && !c.is_linked())
        channels_.erase(channels_.find(channel.first));
}

} // namespace unisono::inline v0
