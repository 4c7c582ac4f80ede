#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/detail/keep_first.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/server/detail/gather.hpp>
#include <unisono/server/detail/observer.hpp>
#include <unisono/server/detail/resident_bytes.hpp>

#include <algorithm>
#include <memory>

namespace unisono::inline v0::detail {

UNISONO_DECL shard_survey observer::survey(std::size_t index, std::size_t most) const {
    shard_survey seen;
    seen.answered = std::chrono::steady_clock::now();
    seen.rooms = rooms_.inspect(index, most);
    if (documents_)
        seen.documents = documents_->inspect(index, most);
    std::vector<connection const*> slow;
    shards_[index].inspect_connections([&](connection const& c) {
        ++seen.kinds[c.handler().kind()];
        seen.queues.push_back(c.queued_bytes());
        if (most != 0 && c.waits_for_peer())
            slow.push_back(&c);
    });
    keep_first(slow, most,
               [](auto const* a, auto const* b) { return a->queued_bytes() > b->queued_bytes(); });
    for (auto const* c : slow)
        seen.slowest.push_back({.shard = index,
                                .id = c->id(),
                                .kind = std::string{c->handler().kind()},
                                .peer = c->peer(),
                                .queued_bytes = c->queued_bytes(),
                                .queue_limit = c->outbox_limit()});
    return seen;
}

UNISONO_DECL traffic_totals observer::totals_of(std::size_t index) const {
    auto const& net = std::as_const(shards_[index]).metrics();
    auto const& hub = rooms_.metrics(index);
    return {.accepted = net.accepted.value(),
            .requests = net.requests.value(),
            .messages_in = net.messages_in.value(),
            .publications = hub.publications.value(),
            .deliveries = hub.deliveries.value(),
            .bytes_in = net.bytes_in.value(),
            .bytes_out = net.bytes_out.value()};
}

/// Calls `call(a.member, b.member)` for every member.
template <class A, class B, class Call>
void for_each_pair(A& a, B& b, Call&& call) {
    call(a.accepted, b.accepted);
    call(a.requests, b.requests);
    call(a.messages_in, b.messages_in);
    call(a.publications, b.publications);
    call(a.deliveries, b.deliveries);
    call(a.bytes_in, b.bytes_in);
    call(a.bytes_out, b.bytes_out);
}

UNISONO_DECL traffic_rates observer::rates_since(traffic_totals const& now) {
    constexpr std::chrono::milliseconds least_interval{250}; // below it rates only flicker
    std::lock_guard const lock{mutex_};
    auto const time = time_.now();
    if (time - latest_.at >= least_interval)
        before_ = std::exchange(latest_, {time, now});
    traffic_totals grown = now;
    for_each_pair(grown, before_.totals, [](auto& total, auto before) { total -= std::min(total, before); });
    double const seconds = std::chrono::duration<double>(time - before_.at).count();
    traffic_rates rates;
    if (seconds > 0)
        for_each_pair(rates, grown,
                      [&](double& rate, auto count) { rate = static_cast<double>(count) / seconds; });
    return rates;
}

UNISONO_DECL inspection observer::summarize(surveys const& all, std::chrono::steady_clock::time_point asked) {
    inspection seen{.time = time_.wall_time(),
                    .uptime = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - begun_),
                    .resident_bytes = resident_bytes()};
    std::map<std::string_view, std::size_t> kinds;
    std::vector<std::size_t> queues;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto& s = seen.shards.emplace_back();
        s.totals = totals_of(i);
        for_each_pair(seen.totals, s.totals, [](auto& sum, auto part) { sum += part; });
        if (!all[i])
            continue;
        auto const& from = *all[i];
        s.answered = true;
        s.answer_time = from.answered - asked;
        s.connections = from.queues.size();
        s.rooms = from.rooms.rooms;
        s.subscribers = from.rooms.subscribers;
        for (auto const bytes : from.queues)
            s.queued_bytes += bytes;
        seen.queued_bytes += s.queued_bytes;
        queues.insert(queues.end(), from.queues.begin(), from.queues.end());
        for (auto const& [kind, count] : from.kinds)
            kinds[kind] += count;
        seen.rooms.add(from.rooms);
        seen.documents.add(from.documents);
        seen.slowest.insert(seen.slowest.end(), from.slowest.begin(), from.slowest.end());
    }
    for (auto const& [kind, count] : kinds)
        seen.connections.push_back({std::string{kind}, count});
    std::stable_sort(seen.connections.begin(), seen.connections.end(),
                     [](auto const& a, auto const& b) { return a.connections > b.connections; });
    seen.rooms.keep_largest(inspected_most);
    seen.documents.keep_largest(inspected_most);
    keep_first(seen.slowest, inspected_most,
               [](auto const& a, auto const& b) { return a.queued_bytes > b.queued_bytes; });
    std::sort(queues.begin(), queues.end());
    if (!queues.empty()) {
        seen.queued_p50 = queues[(queues.size() - 1) / 2];
        seen.queued_p99 = queues[(queues.size() - 1) * 99 / 100];
        seen.queued_max = queues.back();
    }
    seen.rates = rates_since(seen.totals);
    return seen;
}

UNISONO_DECL void observer::inspect(std::size_t at, std::function<void(inspection)> done) {
    auto const asked = std::chrono::steady_clock::now();
    gather<shard_survey>(
        shards_, at, [this](std::size_t index) { return survey(index, inspected_most); },
        [this, asked, done = std::move(done)](surveys const& all) { done(summarize(all, asked)); });
}

UNISONO_DECL void observer::check_alive(std::size_t at, std::function<void(bool)> done) {
    gather<bool>(
        shards_, at, [](std::size_t) { return true; },
        [done = std::move(done)](std::vector<std::optional<bool>> const& all) {
            done(std::all_of(all.begin(), all.end(), [](auto const& answer) { return answer.has_value(); }));
        });
}

} // namespace unisono::inline v0::detail
