#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/core/config.hpp>
#include <unisono/presence/replicator.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL presence_replicator::presence_replicator(presence_tracker& tracker, sender send,
                                                      presence_replicator_options options)
    : tracker_(tracker),
      send_(std::move(send)),
      options_(options),
      id_(crdt::new_replica_id(*options_.random)),
      share_at_(tracker.options_.clock->now()),
      beat_at_(share_at_ + jittered(options_.heartbeat) - options_.heartbeat * 3 / 4) {
    tracker_.replicas_[0].id = id_;
    tracker_.journal_ = this;
}

UNISONO_DECL presence_replicator::~presence_replicator() {
    tracker_.journal_ = nullptr;
}

/// Up to a quarter less, so that nodes that began together do not speak together.
UNISONO_DECL clock::duration presence_replicator::jittered(clock::duration span) {
    auto const quarter = static_cast<std::uint64_t>(span.count()) / 4;
    return span - clock::duration{options_.random->below(quarter + 1)};
}

UNISONO_DECL std::size_t presence_replicator::nodes_up() const noexcept {
    return static_cast<std::size_t>(std::count_if(
        nodes_.begin(), nodes_.end(), [](auto const& each) { return each.second.now == phase::up; }));
}

// What this node does

UNISONO_DECL void presence_replicator::on_change(entry& e) {
    forget(e);
    e.dot = ++clock_;
    alive_.emplace_hint(alive_.end(), e.dot, &e);
}

UNISONO_DECL void presence_replicator::on_removal(entry& e) {
    forget(e);
    ++clock_; // a change like any other: whoever missed it has a gap
}

UNISONO_DECL void presence_replicator::forget(entry& e) {
    auto const dot = std::exchange(e.dot, 0);
    alive_.erase(dot);
    if (dot != 0 && dot <= shared_)
        dead_.insert({id_, dot});
}

UNISONO_DECL crdt::causal_context presence_replicator::changes_since(std::uint64_t clock) const {
    crdt::causal_context changes;
    if (clock < clock_)
        changes.insert_range({id_, clock + 1, clock_});
    return changes;
}

UNISONO_DECL void presence_replicator::advance() {
    auto const now = tracker_.options_.clock->now();
    if (left_)
        return;
    for (auto next = nodes_.begin(); next != nodes_.end();) {
        auto const each = next++;
        look_after(each->first, each->second);
        if (now - each->second.heard >= options_.forget_after) {
            take_back_all(each->second);
            unused_replicas_.push_back(each->second.replica);
            nodes_.erase(each);
        }
    }
    tracker_.tell_ready();
    if (shared_ != clock_ && now >= share_at_) {
        share({}, std::exchange(shared_, clock_), {});
        share_at_ = now + options_.share;
    } else if (now >= beat_at_) {
        send({}, {.clock = clock_});
    }
}

UNISONO_DECL void presence_replicator::leave() {
    if (!std::exchange(left_, true))
        send({}, {.what = message::kind::leave});
}

/// Tells what this node did after the change `since`, what stands of it in full unless it is `known`. In
/// several messages if need be; the last one says what was taken back, and counts for those who got the
/// others.
UNISONO_DECL void presence_replicator::share(std::optional<crdt::replica_id> to, std::uint64_t since,
                                             crdt::causal_context const& known) {
    std::vector<crdt::dot> alive;
    std::vector<entry const*> claims;
    std::size_t bytes = 0;
    for (auto i = alive_.upper_bound(since); i != alive_.end(); ++i) {
        alive.push_back({id_, i->first});
        if (known.contains(alive.back()))
            continue;
        claims.push_back(i->second);
        bytes += i->second->state.size() + 100;
        if (bytes >= options_.message) {
            send(to, {.clock = clock_}, std::exchange(claims, {}));
            bytes = 0;
        }
    }
    send(to,
         {.clock = clock_,
          .seen = changes_since(since),
          .alive = crdt::causal_context{std::move(alive)},
          .dead = to ? crdt::causal_context{} : std::exchange(dead_, {})},
         claims);
}

UNISONO_DECL void presence_replicator::send(std::optional<crdt::replica_id> to, message m,
                                            std::vector<entry const*> const& claims) {
    m.from = id_;
    m.number = ++number_;
    byte_buffer bytes;
    detail::begin_presence_message(bytes, m, claims.size());
    for (auto const* const claim : claims)
        detail::append_presence_claim(bytes, *claim);
    if (!to)
        beat_at_ = tracker_.options_.clock->now() + jittered(options_.heartbeat);
    send_(to, bytes);
}

// What others do

UNISONO_DECL result<void> presence_replicator::receive(bytes_view bytes) {
    auto const m = detail::decode_presence_message(bytes);
    if (!m)
        return m.error();
    if (left_ || m->from == id_)
        return {};
    node* const n = meet(m->from);
    if (!n)
        return codec_error::too_large;
    if (n->now == phase::leaving || n->now == phase::left)
        return {};
    if (m->what == message::kind::share)
        join(*n, *m);
    sign_of_life(*n, m->number);
    if (m->what == message::kind::leave)
        begin_grace(*n, phase::leaving);
    if (m->what == message::kind::ask && m->to == id_)
        share(m->from, 0, m->have);
    tracker_.tell_ready();
    return {};
}

/// Null when there are too many.
UNISONO_DECL presence_replicator::node* presence_replicator::meet(crdt::replica_id id) {
    if (auto const found = nodes_.find(id); found != nodes_.end())
        return &found->second;
    if (nodes_.size() >= options_.nodes)
        return nullptr;
    auto& n = nodes_[id];
    if (unused_replicas_.empty()) {
        unused_replicas_.push_back(static_cast<std::uint16_t>(tracker_.replicas_.size()));
        tracker_.replicas_.emplace_back();
    }
    n.replica = unused_replicas_.back();
    unused_replicas_.pop_back();
    tracker_.replicas_[n.replica] = {id, false};
    n.heard = n.understood = tracker_.options_.clock->now();
    return &n;
}

/// Of a node whose later messages were heard already this is an old copy, and proves nothing. Nor does one
/// prove enough while something is missing: what is known of its clients may be over for long.
UNISONO_DECL void presence_replicator::sign_of_life(node& n, std::uint64_t number) {
    if (number <= n.number)
        return;
    n.number = number;
    n.heard = tracker_.options_.clock->now();
    if (!is_complete(n))
        return;
    n.understood = n.heard;
    if (std::exchange(n.now, phase::up) == phase::hidden)
        hide(n, false);
}

UNISONO_DECL void presence_replicator::join(node& n, message const& m) {
    for (auto const& claim : m.claims)
        if (crdt::dot const d{m.from, claim.dot}; !n.seen.contains(d) && n.early.insert(d))
            put(n, claim);
    if (!m.seen.empty() || !m.dead.empty())
        join_changes(n, m);
    n.clock = std::max(n.clock, m.clock);
    if (!is_complete(n)) {
        if (!n.ask_at)
            n.ask_at = tracker_.options_.clock->now() + jittered(options_.gap);
        return;
    }
    n.ask_at.reset();
    n.early = {};
}

UNISONO_DECL void presence_replicator::join_changes(node& n, message const& m) {
    auto known = n.seen;
    known.join(n.early);
    // What was taken back may have been replaced by a claim that did not arrive yet.
    if (!known.covers(m.alive))
        return;
    take_back(n, m, m.seen);
    take_back(n, m, m.dead);
    n.seen.join(m.seen);
    n.early.join(m.dead);
}

UNISONO_DECL void presence_replicator::take_back(node& n, message const& m,
                                                 crdt::causal_context const& unless_alive) {
    for (auto const& range : unless_alive.ranges())
        for (auto i = n.alive.lower_bound(range.first); i != n.alive.end() && i->first <= range.last;) {
            auto const each = i++;
            if (!m.alive.contains({m.from, each->first})) {
                tracker_.remove(*each->second);
                n.alive.erase(each);
            }
        }
}

UNISONO_DECL void presence_replicator::put(node& n, detail::presence_claim const& claim) {
    auto& user = tracker_.get_user(claim.channel, claim.user);
    auto& e = entry::create(user, claim.client);
    e.replica = n.replica;
    e.dot = claim.dot;
    e.stamp = claim.stamp;
    e.since = claim.since;
    e.absent = claim.absent;
    e.state = claim.state.empty() ? payload{} : payload{claim.state};
    n.alive.emplace(claim.dot, &e);
    tracker_.touched(e);
    for (auto* own = user.second.entries; own; own = own->next_of_user)
        if (own->replica == 0 && !own->gone && own->client() == claim.client && tracker_.outranks(e, *own))
            return give_way(*own, e); // the only one; it may not be there any more
}

/// A client of ours has been somewhere else since: what was its connection here is lost.
UNISONO_DECL void presence_replicator::give_way(entry& own, entry const& to) {
    // Not at once if it is there: others may hear of that later than of this.
    if (to.absent || tracker_.options_.times.grace.count() == 0)
        tracker_.remove(own);
    else if (!own.dropped)
        tracker_.begin_grace(own);
}

UNISONO_DECL bool presence_replicator::is_complete(node const& n) noexcept {
    auto const known = n.seen.ranges();
    return n.clock == 0 || (known.size() == 1 && known[0].first == 1 && known[0].last >= n.clock);
}

UNISONO_DECL void presence_replicator::look_after(crdt::replica_id id, node& n) {
    auto const now = tracker_.options_.clock->now();
    if (n.now == phase::up && now - n.understood >= options_.down_after)
        begin_grace(n, phase::silent);
    if (n.now == phase::silent && now >= n.grace_until) {
        n.now = phase::hidden;
        hide(n, true);
    }
    if (n.now == phase::leaving && now >= n.grace_until) {
        n.now = phase::left;
        take_back_all(n);
    }
    if (n.ask_at && now >= *n.ask_at && now - n.heard < options_.down_after) {
        n.ask_at = now + jittered(options_.ask);
        auto have = n.seen;
        have.join(n.early);
        send(id, {.what = message::kind::ask, .to = id, .have = std::move(have)});
    }
}

UNISONO_DECL void presence_replicator::begin_grace(node& n, phase until_then) {
    n.now = until_then;
    n.grace_until = tracker_.options_.clock->now() + tracker_.options_.times.grace;
}

UNISONO_DECL void presence_replicator::hide(node& n, bool hidden) {
    tracker_.replicas_[n.replica].hidden = hidden;
    for (auto const& [dot, e] : n.alive)
        tracker_.touched(*e);
}

UNISONO_DECL void presence_replicator::take_back_all(node& n) {
    for (auto const& [dot, e] : std::exchange(n.alive, {}))
        tracker_.remove(*e);
}

} // namespace unisono::inline v0
