#pragma once

#include <unisono/core/config.hpp>
#include <unisono/presence/tracker.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL void presence_tracker::touched(entry& e) {
    e.touched = true;
    auto& user = e.user->second;
    auto& c = user.channel->second;
    if (!std::exchange(user.changed, true))
        c.changed.push_back(e.user);
    if (!c.is_linked())
        c.link_before(ready_);
}

UNISONO_DECL void presence_tracker::tell_ready() {
    while (!ready_.empty()) {
        auto& c = static_cast<detail::presence_channel&>(*ready_.next);
        c.unlink();
        tell(*c.self);
        clean_up(*c.self);
        if (options_.times.coalesce.count() != 0) {
            c.rests_until = options_.clock->now() + options_.times.coalesce;
            c.link_before(resting_);
        }
        forget_if_unused(*c.self);
    }
}

UNISONO_DECL void presence_tracker::tell(channel_node& channel) {
    auto& [name, c] = channel;
    joins_.clear();
    leaves_.clear();
    turned_.clear();
    for (user_node* const node : c.changed) {
        auto& user = node->second;
        bool const was_listed = user.listed != 0, was_here = user.here;
        auto const joins_before = joins_.size(), leaves_before = leaves_.size();
        user.here = false;
        for (entry* e = user.entries; e; e = e->next_of_user)
            if (e->touched)
                settle(*e);
        for (entry const* e = user.entries; e && !user.here; e = e->next_of_user)
            user.here = e->told;
        for (auto i = joins_before; !was_listed && i < joins_.size(); ++i)
            joins_[i].first_or_last = true;
        for (auto i = leaves_before; user.listed == 0 && i < leaves_.size(); ++i)
            leaves_[i].first_or_last = true;
        if (user.here != was_here)
            turned_.push_back(node);
    }
    for (user_node const* const node : turned_)
        c.present_users += node->second.here ? 1 : std::size_t(-1);
    auto const& events = options_.events;
    if (!joins_.empty() || !leaves_.empty()) {
        ++c.revision;
        if (c.watchers != 0 && events.diff)
            events.diff({name, c.revision, joins_, leaves_});
    }
    for (user_node const* const node : turned_)
        if (auto const& event = node->second.here ? events.user_joined : events.user_left)
            event(name, node->first);
}

/// Notes what is to be told of one client: the difference between the claim that was told and the one that
/// counts now.
UNISONO_DECL void presence_tracker::settle(entry& of) {
    auto& user = of.user->second;
    auto& c = user.channel->second;
    auto const client = of.client();
    entry* told = nullptr;
    for (entry* e = user.entries; e; e = e->next_of_user)
        if (e->client() == client) {
            e->touched = false;
            if (e->told)
                told = e;
        }
    entry* best = best_of(*of.user, client);
    if (best && best->absent)
        best = nullptr;
    bool const changed =
        told && best &&
        (told->changed ||
         (told != best && (told->state_text() != best->state_text() || told->since != best->since)));
    auto const before = told ? std::exchange(told->ref, 0) : 0;
    if (told)
        told->told = false;
    if (best) {
        best->told = true;
        best->changed = false;
        best->ref = before;
    }
    c.clients += (best ? 1 : 0) - (told ? 1 : 0);
    auto const member = [&](entry const& e) {
        return presence_member{of.user->first, e.client(), e.state_text(), e.since, e.ref, before};
    };
    if (best && before == 0) {
        if (c.listed == options_.limits.members)
            return;
        ++c.listed;
        ++user.listed;
        best->ref = ++c.last_ref;
        joins_.push_back(member(*best));
    } else if (best && changed) {
        best->ref = ++c.last_ref;
        joins_.push_back(member(*best));
    } else if (!best && before != 0) {
        --c.listed;
        --user.listed;
        leaves_.push_back({of.user->first, told->client(), told->state_text(), told->since, before});
    }
}

/// Lets go of what had to stay until it was told.
UNISONO_DECL void presence_tracker::clean_up(channel_node& channel) {
    auto& c = channel.second;
    for (user_node* const node : c.changed) {
        auto& user = node->second;
        user.changed = false;
        for (entry** link = &user.entries; *link;)
            if ((*link)->gone)
                entry::destroy(*link);
            else
                link = &(*link)->next_of_user;
        if (!user.entries)
            c.users.erase(c.users.find(node->first));
    }
    c.changed = {}; // most channels rest most of the time
}

} // namespace unisono::inline v0
