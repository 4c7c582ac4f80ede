// What does presence cost on one shard: a join, a heartbeat, a change of state, a lost connection, expiry;
// and how much memory a member takes? In nanoseconds and bytes per member, in one line of JSON.
#include <unisono/presence/tracker.hpp>

#include "documents/measure.hpp"
#include "support/options.hpp"
#include "support/process_usage.hpp"
#include "support/report.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace unisono;
using namespace std::chrono_literals;

struct person {
    std::string channel, user, client;

    presence_key key() const { return {user, client}; }
};

/// What `work` takes of the processor, in milliseconds.
template <class Work>
double cpu_milliseconds(Work&& work) {
    auto const before = benchmark::cpu_time(::getpid());
    work();
    return static_cast<double>(benchmark::cpu_time(::getpid()) - before) / 1e6;
}

/// `count` people of one client each, spread over the channels as they would come.
std::vector<person> people(std::size_t count, std::size_t channels) {
    std::vector<person> all;
    for (std::size_t i = 0; i != count; ++i)
        all.push_back({"channel-" + std::to_string(i % channels), "user-" + std::to_string(i),
                       "client-" + std::to_string(100'000'000 + i)});
    return all;
}

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options{
        argc, argv, {{"members", "100000"}, {"channels", "1000"}, {"heartbeats", "10000"}}};
    auto const count = static_cast<std::size_t>(options.number("members"));
    auto const everybody = people(count, static_cast<std::size_t>(options.number("channels")));
    auto const each = 1e6 / static_cast<double>(count);
    std::string const state = R"({"name":"Ann","status":"away"})";

    manual_clock time;
    std::size_t told = 0;
    presence_tracker tracker{{
        .times = {.ttl = 60s},
        .events = {.diff = [&](presence_diff const& d) { told += d.joins.size() + d.leaves.size(); }},
        .clock = &time,
    }};
    for (person const& p : everybody)
        tracker.watch(p.channel);

    benchmark::report figures;
    auto const measure = [&](std::string name, auto&& step) {
        figures.add(std::move(name), each * cpu_milliseconds([&] {
                                         for (person const& p : everybody)
                                             step(p);
                                         time.advance(250ms);
                                         tracker.advance();
                                     }));
    };
    auto const before = benchmark::memory_now().heap;
    measure("join", [&](person const& p) { tracker.track(p.channel, p.key(), state).error(); });
    figures.add("bytes of a member with its state of " + std::to_string(state.size()),
                (benchmark::memory_now().heap - before) * 1e6 / static_cast<double>(count));
    measure("heartbeat", [&](person const& p) { tracker.touch(p.channel, p.key()); });
    measure("update", [&](person const& p) { tracker.update(p.channel, p.key(), "1"); });
    measure("lost and back", [&](person const& p) {
        tracker.drop(p.channel, p.key());
        tracker.track(p.channel, p.key()).error();
    });

    // A second's heartbeats, with what a shard does besides.
    auto const heartbeats = static_cast<std::size_t>(options.number("heartbeats"));
    figures.add("percent of a core for " + std::to_string(heartbeats) + " heartbeats a second",
                benchmark::median_of([&] {
                    return cpu_milliseconds([&] {
                        for (std::size_t i = 0; i != heartbeats; ++i) {
                            person const& p = everybody[i * 7919 % count];
                            tracker.touch(p.channel, p.key());
                            if (i % (heartbeats / 10 + 1) == 0)
                                tracker.advance();
                        }
                    });
                }) / 10);

    figures.add("expiry", each * cpu_milliseconds([&] {
                              time.advance(61s);
                              tracker.advance();
                          }));
    time.advance(250ms);
    tracker.advance();
    if (tracker.count(everybody[0].channel).clients != 0 || told < 3 * count)
        benchmark::die("somebody was forgotten");
    figures.print();
}
