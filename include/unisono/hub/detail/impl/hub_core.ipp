#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/detail/keep_first.hpp>
#include <unisono/hub/detail/hub_core.hpp>

#include <cassert>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>

namespace unisono::inline v0::detail {

UNISONO_DECL hub_core::hub_core(std::vector<executor*> const& shards, hub_options const& options)
    : rooms_{{.history = options.history}, options.settings, options.idle, options.random, shards.size()},
      idempotency_(options.idempotency),
      clock_(options.clock),
      log_(options.log) {
    if (shards.empty())
        throw std::invalid_argument("a hub needs at least one shard");
    for (executor* e : shards)
        shards_.emplace_back(e, rooms_, shards.size());
}

UNISONO_DECL void hub_core::publish(std::string_view room, publication what,
                                    std::function<void(published const&)> done) {
    std::size_t const owner = owner_of(room);
    shard_state& s = shards_[owner];
    if (s.where->running_here() && !s.busy) {
        // The common case allocates no task.
        turn(s, [&] { publish_here(s, room, std::move(what), done); });
        return;
    }
    run_on(owner, [this, &s, room = std::string{room}, what = std::move(what),
                   done = std::move(done)]() mutable { publish_here(s, room, std::move(what), done); });
}

UNISONO_DECL void hub_core::publish_here(shard_state& s, std::string_view name, publication&& what,
                                         std::function<void(published const&)> const& done) {
    auto const now = clock_->now();
    room& r = s.rooms.get(name, now);
    auto const tell = [&](std::uint64_t offset, bool duplicate) {
        if (done)
            guarded([&] { done({{r.past.epoch(), offset}, duplicate, duplicate ? 0 : r.subscribers}); });
    };
    if (!what.idempotency_key.empty()) {
        if (!r.keys)
            r.keys = std::make_unique<idempotency_window>(idempotency_);
        if (auto const first = r.keys->find(what.idempotency_key)) {
            tell(*first, true);
            return s.rooms.settle(r, now);
        }
    }
    auto const m = std::make_shared<message>();
    m->room = {r.identity, &r.name()};
    m->kind = what.kind;
    m->binary = what.binary;
    m->data = std::move(what.data);
    m->from = std::move(what.from);
    m->time = clock_->wall_time();
    m->pace = r.pace;
    if (!what.key.empty()) {
        m->conflation = (r.number ^ std::hash<std::string_view>{}(what.key)) | 1;
        m->key = std::move(what.key);
    }
    if (!what.ephemeral) {
        m->offset = r.past.next_offset();
        s.rooms.append(r, m, now);
    }
    if (!what.idempotency_key.empty())
        r.keys->add(what.idempotency_key, m->offset, now);
    s.metrics.publications.add();
    tell(m->offset, false);
    fan_out(s, r, m, what.exclude);
    s.rooms.settle(r, now);
}

UNISONO_DECL void hub_core::fan_out(shard_state& s, room const& r, message_ptr const& m,
                                    subscriber const* exclude) {
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        if (r.interest[i] == 0)
            continue;
        if (&shards_[i] == &s)
            deliver_here(s, m, exclude);
        else
            send(s, i, {.message = m, .exclude = exclude});
    }
}

UNISONO_DECL void hub_core::broadcast(shard_state& s, local_members& to, message_ptr const& m,
                                      subscriber const* exclude) {
    // Below this number reading the clock would cost more than it tells.
    constexpr std::size_t worth_timing = 16;
    bool const timed = to.count() >= worth_timing;
    auto const begun = timed ? clock_->now() : clock::time_point{};
    s.metrics.deliveries.add(to.deliver(m, exclude, *log_));
    if (timed)
        s.metrics.broadcast.add(clock_->now() - begun);
}

UNISONO_DECL void hub_core::deliver_here(shard_state& s, message_ptr const& m, subscriber const* exclude) {
    auto const found = s.members.find(*m->room);
    if (found == s.members.end())
        return;
    broadcast(s, found->second, m, exclude);
    if (found->second.empty())
        s.members.erase(found);
}

UNISONO_DECL void hub_core::subscribe(std::size_t where, std::string_view room,
                                      std::shared_ptr<subscriber> who, subscribe_options options,
                                      std::function<void(subscription, subscribed)> done) {
    assert(where < shards_.size() && who && done);
    std::size_t const owner = owner_of(room);
    run_on(owner, [this, owner, where, room = std::string{room}, who = std::move(who),
                   options = std::move(options), done = std::move(done)]() mutable {
        subscribe_here(shards_[owner], where, room, std::move(who), options, std::move(done));
    });
}

UNISONO_DECL void hub_core::subscribe_here(shard_state& s, std::size_t where, std::string_view name,
                                           std::shared_ptr<subscriber> who, subscribe_options const& options,
                                           std::function<void(subscription, subscribed)> done) {
    auto const now = clock_->now();
    room& r = s.rooms.get(name, now);
    ++r.interest[where];
    ++r.subscribers;
    s.rooms.settle(r, now);
    subscribed past{.at = r.past.top(), .was_recovering = options.recover.has_value()};
    if (!options.recover) {
        past.messages = r.past.last(options.last);
    } else if (auto missed = r.past.since(*options.recover, options.recover_limit)) {
        past.recovered = true;
        past.messages = *std::move(missed);
    }
    s.metrics.subscriptions.add();
    if (past.was_recovering)
        (past.recovered ? s.metrics.recovered : s.metrics.not_recovered).add();
    // From here on this shard sends every later message to the subscriber's shard, behind the parcel that
    // adds the subscriber there: nothing is missed and nothing seen twice.
    auto enter = [this, where, who = std::move(who), identity = r.identity, past = std::move(past),
                  done = std::move(done)]() mutable {
        auto& place = shards_[where]
                          .members.try_emplace(identity->name, shared_from_this(), identity, where)
                          .first->second;
        done(subscription{place.add(std::move(who))}, std::move(past));
    };
    if (&shards_[where] == &s)
        enter();
    else
        send(s, where, {.work = std::move(enter)});
}

UNISONO_DECL void hub_core::leave(membership& m) {
    auto const identity = m.place->room();
    std::size_t const where = m.place->where();
    // Takes effect at once, also in the middle of a delivery: local_members allows for that. The subscriber
    // goes last, for it may leave other rooms on its way out.
    auto const gone = m.place->remove(m);
    if (m.place->empty() && !m.place->delivering())
        shards_[where].members.erase(identity->name);
    std::size_t const owner = owner_of(identity->name);
    run_on(owner, [this, owner, identity, where] {
        shard_state& s = shards_[owner];
        auto const now = clock_->now();
        room& r = s.rooms.get(identity->name, now); // there is one: somebody was in it until now
        --r.interest[where];
        --r.subscribers;
        s.rooms.settle(r, now);
    });
}

UNISONO_DECL void hub_core::read_history(std::string_view room_name, history_query query,
                                         std::function<void(history_page)> done) {
    std::size_t const owner = owner_of(room_name);
    run_on(owner,
           [this, owner, name = std::string{room_name}, query = std::move(query), done = std::move(done)] {
               shard_state& s = shards_[owner];
               auto const now = clock_->now();
               room& r = s.rooms.get(name, now);
               history_page page{.at = r.past.top()};
               auto read = query.since ? r.past.after(*query.since, query.limit) : r.past.last(query.limit);
               page.complete = read.has_value();
               if (read && query.newest_first)
                   page.messages = message_list{std::vector<message_ptr>(
                       std::make_reverse_iterator(read->end()), std::make_reverse_iterator(read->begin()))};
               else if (read)
                   page.messages = *std::move(read);
               s.rooms.settle(r, now);
               done(std::move(page));
           });
}

UNISONO_DECL hub_core::shard_state* hub_core::here() noexcept {
    for (auto& s : shards_)
        if (s.where->running_here())
            return &s;
    return nullptr;
}

UNISONO_DECL void hub_core::send(std::size_t to, task work) {
    if (shard_state* from = here())
        return send(*from, to, {.work = std::move(work)});
    shards_[to].where->post([self = shared_from_this(), to, work = std::move(work)]() mutable {
        self->run_on(to, std::move(work));
    });
}

/// What is sent in one turn of a shard's loop goes in one post: waking another thread costs more than
/// hundreds of deliveries.
UNISONO_DECL void hub_core::send(shard_state& from, std::size_t to, parcel what) {
    if (!from.outgoing[to]) {
        auto parcels = std::make_shared<batch>();
        from.outgoing[to] = parcels.get();
        from.where->post([self = shared_from_this(), &from, to, parcels = std::move(parcels)] {
            from.outgoing[to] = nullptr;
            self->shards_[to].where->post([self, to, parcels] { self->receive(to, *parcels); });
        });
    }
    from.outgoing[to]->push_back(std::move(what));
}

UNISONO_DECL void hub_core::receive(std::size_t index, batch& parcels) {
    shard_state& s = shards_[index];
    assert(!s.busy); // executors run one task at a time
    for (auto& p : parcels)
        turn(s, [&] { p.message ? deliver_here(s, p.message, p.exclude) : p.work(); });
}

UNISONO_DECL void hub_core::sweep(std::size_t index) {
    shards_[index].rooms.sweep(clock_->now());
}

UNISONO_DECL hub_inspection hub_core::inspect(std::size_t index, std::size_t largest) const {
    shard_state const& s = shards_[index];
    hub_inspection seen{.rooms = s.rooms.size()};
    std::vector<room const*> order;
    order.reserve(s.rooms.size());
    s.rooms.for_each([&](room const& r) {
        seen.subscribers += r.subscribers;
        seen.history_messages += r.past.size();
        seen.history_bytes += r.past.bytes();
        order.push_back(&r);
    });
    keep_first(order, largest, [](room const* a, room const* b) {
        return a->subscribers != b->subscribers ? a->subscribers > b->subscribers : a->name() < b->name();
    });
    for (room const* r : order)
        seen.largest.push_back({.name = r->name(),
                                .subscribers = r->subscribers,
                                .publications = r->past.next_offset() - 1,
                                .history_messages = r->past.size(),
                                .history_bytes = r->past.bytes()});
    return seen;
}

} // namespace unisono::inline v0::detail
