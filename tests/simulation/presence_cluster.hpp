#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/random.hpp>
#include <unisono/presence/replicator.hpp>
#include <unisono/presence/tracker.hpp>

#include "presence_simulation.hpp"
#include "presence_watcher.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace presence_simulation {

using namespace unisono;
using namespace std::chrono_literals;
using time_point = unisono::clock::time_point;

inline constexpr auto down_after = 10s;

struct node {
    presence_tracker tracker;
    watcher told;
    presence_replicator replicator;
    time_point started;

    node(presence_options options, presence_replicator::sender send, random_source& random,
         std::chrono::milliseconds forget_after)
        : tracker(with_watcher(std::move(options))),
          replicator(tracker, std::move(send),
                     {.heartbeat = 1s,
                      .down_after = down_after,
                      .forget_after = forget_after,
                      .message = 200,
                      .random = &random}),
          started(tracker.options().clock->now()) {}

private:
    presence_options with_watcher(presence_options options) {
        options.events.diff = [this](presence_diff const& d) { told.hear(d); };
        options.events.user_joined = [this](auto channel, auto user) { told.user_joined(channel, user); };
        options.events.user_left = [this](auto channel, auto user) { told.user_left(channel, user); };
        return options;
    }
};

/// Three to five nodes and the network between them, which loses, doubles, delays and reorders messages and
/// is cut at times. Nodes crash, go and start anew.
class cluster {
public:
    struct times {
        std::chrono::milliseconds grace, ttl, coalesce, forget_after;
    };

    cluster(seeded_random& random, tally& counted) : random_(random), counted_(counted) {}

    void begin(times const& t, std::size_t size) {
        times_ = t;
        nodes_.resize(size);
        lives_.resize(size);
        for (std::size_t i = 0; i < size; ++i)
            start(i);
    }
    void start(std::size_t i) {
        presence_times const times{.grace = times_.grace, .ttl = times_.ttl, .coalesce = times_.coalesce};
        nodes_[i] = std::make_unique<node>(
            presence_options{.times = times, .clock = &time_},
            [this, i](auto to, bytes_view bytes) { post(i, to, bytes); }, random_, times_.forget_after);
        ++lives_[i];
        for (auto const* const channel : {"a", "b"})
            nodes_[i]->tracker.watch(channel);
    }
    /// Precondition: it is there.
    void stop(std::size_t i, bool says_so) {
        if (says_so)
            nodes_[i]->replicator.leave();
        else
            disturbed_at_ = now();
        ++counted_.crashes;
        nodes_[i].reset();
    }
    void heal() {
        cut_.clear();
        disturbed_at_ = now();
    }
    void partition() {
        ++counted_.partitions;
        disturbed_at_ = now();
        std::vector<bool> side(nodes_.size());
        for (std::size_t i = 0; i < side.size(); ++i)
            side[i] = chance(2);
        bool const both_ways = !chance(4);
        for (std::size_t i = 0; i < side.size(); ++i)
            for (std::size_t j = 0; j < side.size(); ++j)
                if (side[i] != side[j] && (both_ways || side[i]))
                    cut_.emplace(i, j);
    }
    /// Nothing is lost or late any more.
    void calm_down() { is_lossy_ = false; }

    void pass(unisono::clock::duration span) { time_.advance(span); }
    /// False: a message was refused.
    bool deliver() {
        auto const later =
            std::stable_partition(wire_.begin(), wire_.end(), [&](auto& p) { return p.due <= now(); });
        std::vector<packet> arrived{std::make_move_iterator(wire_.begin()), std::make_move_iterator(later)};
        wire_.erase(wire_.begin(), later);
        std::stable_sort(arrived.begin(), arrived.end(), [](auto& a, auto& b) { return a.due < b.due; });
        bool all_taken = true;
        for (auto const& p : arrived)
            if (is_same(p.to, p.life))
                all_taken = nodes_[p.to]->replicator.receive(p.bytes).has_value() && all_taken;
        return all_taken;
    }
    void advance() {
        for (auto const& n : nodes_)
            if (n) {
                n->tracker.advance();
                n->replicator.advance();
            }
    }

    time_point now() const { return time_.now(); }
    std::size_t size() const { return nodes_.size(); }
    /// Null: it is down.
    node* operator[](std::size_t i) const { return nodes_[i].get(); }
    int life(std::size_t i) const { return lives_[i]; }
    /// Is it there, and has been since that life?
    bool is_same(std::size_t i, int life) const { return nodes_[i] && lives_[i] == life; }
    std::vector<std::unique_ptr<node>> const& all() const { return nodes_; }
    bool is_cut() const { return !cut_.empty(); }
    time_point disturbed_at() const { return disturbed_at_; }

private:
    struct packet {
        time_point due;
        std::size_t to;
        int life; ///< of that node
        byte_buffer bytes;
    };

    bool chance(std::uint64_t of) { return random_.below(of) == 0; }
    void post(std::size_t from, std::optional<crdt::replica_id> to, bytes_view bytes) {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            if (i == from || !nodes_[i] || (to && *to != nodes_[i]->replicator.id()))
                continue;
            for (auto copies = is_lossy_ && chance(20) ? 2 : 1; copies != 0; --copies) {
                if (cut_.contains({from, i}) || (is_lossy_ && chance(10))) {
                    ++counted_.lost;
                    continue;
                }
                auto const delay = is_lossy_ && chance(4) ? std::chrono::milliseconds{random_.below(1000)}
                                                          : std::chrono::milliseconds{10};
                wire_.push_back({now() + delay, i, lives_[i], {bytes.begin(), bytes.end()}});
            }
        }
    }

    seeded_random& random_;
    tally& counted_;
    manual_clock time_;
    times times_{};
    std::vector<std::unique_ptr<node>> nodes_;
    std::vector<int> lives_;
    std::vector<packet> wire_;
    std::set<std::pair<std::size_t, std::size_t>> cut_; ///< from, to
    time_point disturbed_at_{};
    bool is_lossy_ = true;
};

} // namespace presence_simulation
