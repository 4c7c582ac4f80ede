#pragma once

#include <unisono/core/random.hpp>
#include <unisono/presence/replicator.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace replicator_world {

using namespace unisono;
using namespace std::chrono_literals;

/// Nodes over a network that delivers when told.
struct cluster {
    struct node {
        presence_tracker tracker;
        presence_replicator replicator;
        std::string told; ///< of the channel "lobby"

        explicit node(cluster& in, std::size_t self)
            : tracker({.times = {.coalesce = 0ms}, .events = in.ears(told), .clock = &in.time}),
              replicator(tracker,
                         [&in, self](auto to, bytes_view bytes) {
                             in.wire.push_back({self, to, {bytes.begin(), bytes.end()}});
                         },
                         {.message = 300, .random = &in.random}) {
            tracker.watch("lobby");
        }
        std::string read() { return std::exchange(told, {}); }
    };
    struct packet {
        std::size_t from;
        std::optional<crdt::replica_id> to;
        byte_buffer bytes;
    };
    manual_clock time;
    seeded_random random{1};
    std::deque<packet> wire;
    std::deque<std::unique_ptr<node>> nodes;
    std::set<std::size_t> cut; ///< hears and says nothing
    bool answers = true;       ///< what is for one node only arrives
    std::size_t answered = 0;  ///< bytes of that
    int directed = 0;          ///< messages for one node only, whether they arrive or not

    explicit cluster(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            start();
    }
    node& operator[](std::size_t i) { return *nodes[i]; }
    node& start() {
        nodes.push_back(std::make_unique<node>(*this, nodes.size()));
        return *nodes.back();
    }
    void crash(std::size_t i) { nodes[i].reset(); }

    void deliver() {
        while (!wire.empty()) {
            auto const p = std::move(wire.front());
            wire.pop_front();
            directed += p.to.has_value();
            for (std::size_t i = 0; i < nodes.size(); ++i)
                if (nodes[i] && i != p.from && !cut.contains(i) && !cut.contains(p.from) &&
                    (!p.to || (answers && *p.to == nodes[i]->replicator.id()))) {
                    answered += p.to ? p.bytes.size() : 0;
                    REQUIRE(nodes[i]->replicator.receive(p.bytes));
                }
        }
    }
    /// What one node has to share, which is not delivered.
    std::deque<packet> take_from(std::size_t i) {
        wire.clear();
        time.advance(100ms);
        nodes[i]->tracker.advance();
        nodes[i]->replicator.advance();
        return std::exchange(wire, {});
    }
    void pass(clock::duration span) {
        for (auto const end = time.now() + span; time.now() < end; deliver()) {
            time.advance(100ms);
            for (auto const& n : nodes)
                if (n) {
                    n->tracker.advance();
                    n->replicator.advance();
                }
        }
    }
    presence_events ears(std::string& told) {
        presence_events events;
        events.diff = [&told](presence_diff const& d) {
            for (auto const& m : d.joins)
                told += (m.prev_ref ? "*" : "+") + std::string{m.client} + "=" + std::string{m.state} +
                        (m.first_or_last ? "! " : " ");
            for (auto const& m : d.leaves)
                told += "-" + std::string{m.client} + (m.first_or_last ? "! " : " ");
        };
        return events;
    }
};

inline presence_key ann(std::string_view client) {
    return {"ann", client};
}

} // namespace replicator_world
