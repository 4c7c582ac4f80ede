#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/detail/hub_core.hpp>

#include <cassert>
#include <stdexcept>

namespace unisono::inline v0::detail {

UNISONO_DECL void local_members::add(std::shared_ptr<membership> m) {
    m->index = row_.size();
    row_.push_back(m->who.get());
    owners_.push_back(std::move(m));
    ++count_;
}

UNISONO_DECL void local_members::remove(membership& m) {
    std::size_t const index = m.index;
    --count_;
    row_[index] = nullptr;
    owners_[index].reset();
    gaps_ = true;
    if (!delivering_)
        close_gaps();
}

UNISONO_DECL void local_members::close_gaps() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < row_.size(); ++i) {
        if (!row_[i])
            continue;
        if (kept != i) {
            row_[kept] = row_[i];
            owners_[kept] = std::move(owners_[i]);
            owners_[kept]->index = kept;
        }
        ++kept;
    }
    row_.resize(kept);
    owners_.resize(kept);
    gaps_ = false;
}

UNISONO_DECL void local_members::deliver(message_ptr const& m, subscriber const* exclude) {
    delivering_ = true;
    // By index: a delivery may unsubscribe others (their place becomes null).
    for (std::size_t i = 0; i < row_.size(); ++i)
        if (subscriber* who = row_[i]; who && who != exclude)
            who->deliver(m);
    delivering_ = false;
    if (gaps_)
        close_gaps();
}

UNISONO_DECL hub_core::hub_core(std::vector<executor*> shards, hub_options const& options)
    : limits_(options.history), clock_(options.clock), random_(options.random) {
    if (shards.empty())
        throw std::invalid_argument("a hub needs at least one shard");
    for (executor* e : shards) {
        shards_.emplace_back().where = e;
    }
}

UNISONO_DECL owned_room& hub_core::room_at(shard_state& s, std::string_view room) {
    if (auto found = s.rooms.find(room); found != s.rooms.end())
        return *found->second;
    auto made = std::make_unique<owned_room>(room, random_->token(8), limits_, shards_.size());
    return *s.rooms.emplace(std::string{room}, std::move(made)).first->second;
}

UNISONO_DECL void hub_core::publish(std::string_view room, publication what,
                                    std::function<void(position const&)> done) {
    std::size_t const owner = owner_of(room);
    shard_state& s = shards_[owner];
    if (s.where->running_here() && !s.busy) {
        // The common case allocates no task.
        run_on(owner, [&] { publish_here(s, room, std::move(what), done); });
        return;
    }
    run_on(owner, [this, &s, room = std::string{room}, what = std::move(what),
                   done = std::move(done)]() mutable { publish_here(s, room, std::move(what), done); });
}

UNISONO_DECL void hub_core::publish_here(shard_state& s, std::string_view room_name, publication&& what,
                                         std::function<void(position const&)> const& done) {
    owned_room& room = room_at(s, room_name);
    auto m = std::make_shared<message>();
    m->room = room.name;
    m->kind = what.kind;
    m->binary = what.binary;
    m->data = std::move(what.data);
    m->from = std::move(what.from);
    m->time = clock_->wall_time();
    if (!what.ephemeral) {
        m->offset = room.past.next_offset();
        room.past.append(m, clock_->now());
    }
    message_ptr const shared = std::move(m);
    if (done)
        done({room.past.top().epoch, shared->offset});
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        if (room.interest[i] == 0)
            continue;
        if (&shards_[i] == &s)
            deliver_here(s, shared, what.exclude);
        else
            run_on(i,
                   [this, i, shared, exclude = what.exclude] { deliver_here(shards_[i], shared, exclude); });
    }
    forget_if_unused(s, room);
}

UNISONO_DECL void hub_core::deliver_here(shard_state& s, message_ptr const& m, subscriber const* exclude) {
    if (auto found = s.members.find(*m->room); found != s.members.end()) {
        found->second.deliver(m, exclude);
        if (found->second.empty())
            s.members.erase(found);
    }
}

UNISONO_DECL subscribed hub_core::past_of(owned_room const& room, subscribe_options const& options) {
    subscribed result;
    result.at = room.past.top();
    result.was_recovering = options.recover.has_value();
    if (options.recover) {
        if (auto missed = room.past.since(*options.recover)) {
            result.recovered = true;
            result.messages = std::move(*missed);
        }
    } else if (options.last != 0) {
        result.messages = room.past.last(options.last);
    }
    return result;
}

UNISONO_DECL void hub_core::subscribe(std::size_t where, std::string_view room,
                                      std::shared_ptr<subscriber> who, subscribe_options options,
                                      std::function<void(subscription, subscribed)> done) {
    assert(where < shards_.size() && who && done);
    std::size_t const owner = owner_of(room);
    auto m = std::make_shared<membership>();
    m->who = std::move(who);
    m->room = std::make_shared<std::string const>(room);
    m->where = where;
    run_on(owner,
           [this, owner, m = std::move(m), options = std::move(options), done = std::move(done)]() mutable {
               subscribe_here(shards_[owner], std::move(m), options, std::move(done));
           });
}

UNISONO_DECL void hub_core::subscribe_here(shard_state& s, std::shared_ptr<membership> m,
                                           subscribe_options const& options,
                                           std::function<void(subscription, subscribed)> done) {
    owned_room& room = room_at(s, *m->room);
    m->room = room.name;
    ++room.interest[m->where];
    ++room.subscribers;
    room.past.expire(clock_->now());
    // From here on this shard sends every later message to the subscriber's shard, behind the task that adds
    // the subscriber there: nothing is missed and nothing seen twice.
    auto enter = [this, m, past = past_of(room, options), done = std::move(done)]() mutable {
        shards_[m->where].members[*m->room].add(m);
        done(subscription{shared_from_this(), std::move(m)}, std::move(past));
    };
    if (&shards_[m->where] == &s)
        enter();
    else
        run_on(m->where, std::move(enter));
}

UNISONO_DECL void hub_core::leave(std::shared_ptr<membership> m) {
    shard_state& local = shards_[m->where];
    // Takes effect at once, also in the middle of a delivery: local_members allows for that.
    if (auto found = local.members.find(*m->room); found != local.members.end()) {
        found->second.remove(*m);
        if (found->second.empty() && !local.busy)
            local.members.erase(found);
    }
    std::size_t const owner = owner_of(*m->room);
    run_on(owner, [this, owner, room = m->room, where = m->where] {
        shard_state& s = shards_[owner];
        if (auto found = s.rooms.find(*room); found != s.rooms.end()) {
            --found->second->interest[where];
            --found->second->subscribers;
            forget_if_unused(s, *found->second);
        }
    });
}

UNISONO_DECL void hub_core::read_history(std::string_view room, subscribe_options options,
                                         std::function<void(subscribed)> done) {
    std::size_t const owner = owner_of(room);
    run_on(owner,
           [this, owner, room = std::string{room}, options = std::move(options), done = std::move(done)] {
               owned_room& r = room_at(shards_[owner], room);
               r.past.expire(clock_->now());
               subscribed result = past_of(r, options);
               forget_if_unused(shards_[owner], r);
               done(std::move(result));
           });
}

UNISONO_DECL void hub_core::forget_if_unused(shard_state& s, owned_room& room) {
    // A room that has counted is kept until sweep(): its epoch is what lets a client that was away for a
    // moment recover, and forgetting it at once would look like a loss.
    if (room.subscribers == 0 && room.past.top().offset == 0)
        s.rooms.erase(s.rooms.find(*std::shared_ptr(room.name)));
}

UNISONO_DECL void hub_core::sweep(std::size_t index) {
    shard_state& s = shards_[index];
    std::erase_if(s.rooms, [&](auto& entry) {
        owned_room& room = *entry.second;
        room.past.expire(clock_->now());
        return room.subscribers == 0 && room.past.empty();
    });
    std::erase_if(s.members, [](auto const& entry) { return entry.second.empty(); });
}

} // namespace unisono::inline v0::detail
