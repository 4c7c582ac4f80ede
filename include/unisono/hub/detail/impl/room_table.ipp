#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/detail/room_table.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL room* room_table::find(std::string_view name) noexcept {
    auto const found = rooms_.find(name);
    return found == rooms_.end() ? nullptr : found->second.get();
}

UNISONO_DECL room& room_table::get(std::string_view name, clock::time_point now) {
    if (room* known = find(name)) {
        expire(*known, now);
        return *known;
    }
    auto made = std::make_unique<room>(name, with_.random->token(8), with_.random->next(),
                                       with_.settings ? with_.settings(name) : with_.defaults, with_.shards);
    return *rooms_.emplace(std::string{name}, std::move(made)).first->second;
}

/// What a room in which nobody is keeps is counted.
template <class Change>
void room_table::change(room& r, Change&& change_history) {
    std::size_t const before = r.past.bytes();
    change_history(r.past);
    if (r.idle)
        idle_bytes_ = idle_bytes_ - before + r.past.bytes();
}

UNISONO_DECL void room_table::append(room& r, message_ptr m, clock::time_point now) {
    change(r, [&](history& past) { past.append(std::move(m), now); });
}

UNISONO_DECL void room_table::expire(room& r, clock::time_point now) {
    change(r, [&](history& past) { past.expire(now); });
    if (r.keys)
        r.keys->expire(now);
    if (r.keys && r.keys->empty())
        r.keys.reset();
}

UNISONO_DECL void room_table::settle(room& r, clock::time_point now) {
    if (r.subscribers != 0) {
        set_used(r);
        return schedule(r);
    }
    set_idle(r, now);
    if (unused(r, now))
        return forget(r);
    schedule(r);
    while (idle_.size() > with_.idle.rooms || idle_bytes_ > with_.idle.bytes)
        forget(*idle_.front());
}

UNISONO_DECL void room_table::set_idle(room& r, clock::time_point now) {
    r.used = now;
    if (r.idle)
        return idle_.splice(idle_.end(), idle_, *r.idle);
    r.idle = idle_.insert(idle_.end(), &r);
    idle_bytes_ += r.past.bytes();
}

UNISONO_DECL void room_table::set_used(room& r) {
    if (!r.idle)
        return;
    idle_bytes_ -= r.past.bytes();
    idle_.erase(*r.idle);
    r.idle.reset();
}

/// Nothing is lost with it. A room in which nothing was ever said has nothing to remember: forgetting it at
/// once is what keeps made-up names from costing anything.
UNISONO_DECL bool room_table::unused(room const& r, clock::time_point now) {
    return r.subscribers == 0 && r.past.empty() && !r.keys &&
           (r.past.next_offset() == 1 || now - r.used >= r.past.limits().meta_ttl);
}

UNISONO_DECL std::optional<clock::time_point> room_table::next_expiry(room const& r) {
    auto next = r.past.next_expiry();
    if (r.keys && !r.keys->empty())
        next = std::min(next.value_or(clock::time_point::max()), r.keys->next_expiry());
    if (!next && r.idle)
        next = later(r.used, r.past.limits().meta_ttl);
    return next;
}

/// Makes sure that sweep() comes by in time. It may come too early, and is then sent again: so a room that
/// speaks all the time costs one visit for each time to live, not one for each message.
UNISONO_DECL void room_table::schedule(room& r) {
    auto const next = next_expiry(r);
    if (!next || (r.due && (*r.due)->first <= *next))
        return;
    if (r.due)
        due_.erase(*r.due);
    r.due = due_.emplace(*next, &r);
}

UNISONO_DECL void room_table::sweep(clock::time_point now) {
    while (!due_.empty() && due_.begin()->first <= now) {
        room& r = *due_.begin()->second;
        due_.erase(due_.begin());
        r.due.reset();
        expire(r, now);
        if (unused(r, now))
            forget(r);
        else
            schedule(r);
    }
}

UNISONO_DECL void room_table::forget(room& r) {
    set_used(r);
    if (r.due)
        due_.erase(*r.due);
    rooms_.erase(rooms_.find(r.name()));
}

} // namespace unisono::inline v0::detail
