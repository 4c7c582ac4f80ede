#include "native_world.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

using namespace native_world;

namespace {

/// A client as the protocol wants it: remembers its place in every channel and comes back with it.
struct reader {
    struct place {
        std::string epoch;
        std::uint64_t offset = 0;
        bool live = false;
    };
    world& w;
    std::size_t shard;
    std::unique_ptr<client> link;
    std::map<std::string, place> places;
    std::map<std::int64_t, std::string> asked; ///< subscribe requests by id
    std::map<std::string, std::vector<std::uint64_t>> got;
    std::size_t resets = 0;

    reader(world& in, std::size_t where) : w(in), shard(where) { connect(); }

    void connect() {
        link = std::make_unique<client>(w, shard, false);
        link->post_text(R"({"type":"connect","payload":{"v":1}})");
        for (auto& [channel, p] : places)
            p.live = false;
        asked.clear();
    }
    void subscribe(std::string const& channel) {
        auto const id = ++link->last_id;
        auto const& p = places[channel];
        std::string recover;
        if (!p.epoch.empty())
            recover = R"("recover":{"epoch":")" + p.epoch + R"(","offset":)" + std::to_string(p.offset) + "}";
        asked[id] = channel;
        link->post_text(R"({"type":"subscribe","id":)" + std::to_string(id) + R"(,"channel":")" + channel +
                        R"(","payload":{)" + recover + "}}");
    }
    /// One publication, which must be the one that is next.
    void take(std::string const& channel, json::value m, json::value data) {
        auto& p = places[channel];
        auto const offset = static_cast<std::uint64_t>(*m["offset"].as_int64());
        CHECK(offset == ++p.offset);
        got[channel].push_back(static_cast<std::uint64_t>(*data.as_int64()));
    }
    void read() {
        for (auto const& line : std::exchange(link->got->lines, {})) {
            auto const parsed = *json::parse(line);
            auto const m = parsed.root();
            auto const type = *m["type"].as_string();
            std::string const channel{m["channel"].as_string().value_or("")};
            if (type == "message") {
                CHECK(places[channel].live);
                take(channel, m, m["payload"]["data"]);
            } else if (type == "unsubscribed") {
                places[channel].live = false;
            } else if (type == "ack") {
                if (auto const request = asked.find(*m["id"].as_int64()); request != asked.end())
                    subscribed(request->second, m["payload"]);
            }
        }
    }
    void subscribed(std::string const& channel, json::value reply) {
        auto& p = places[channel];
        bool const recovered = *reply["recovered"].as_bool();
        p.live = true;
        if (recovered) {
            for (auto const m : reply["messages"].elements())
                take(channel, m, m["data"]);
            CHECK(p.offset == static_cast<std::uint64_t>(*reply["offset"].as_int64()));
        } else {
            CHECK(reply["messages"].size() == 0);
            if (*reply["was_recovering"].as_bool()) {
                ++resets;
                got[channel].clear();
            }
            p.epoch = *reply["epoch"].as_string();
            p.offset = static_cast<std::uint64_t>(*reply["offset"].as_int64());
        }
    }
};

} // namespace

TEST_CASE("native rule 3: who recovers sees every publication once, or is told that it cannot") {
    auto const seed = GENERATE(range(1u, 13u));
    CAPTURE(seed);
    std::size_t const shards = 1 + seed % 4;
    world w{shards, {}, {.messages = seed % 3 == 0 ? std::size_t{8} : std::size_t{100}}};
    seeded_random random{seed};
    std::string const names[] = {"a", "b", "c", "d"};
    std::map<std::string, std::vector<std::uint64_t>> truth; ///< data by offset
    std::deque<reader> readers;
    for (std::size_t i = 0; i < 5; ++i)
        readers.emplace_back(w, i % shards);
    std::uint64_t data = 0;

    for (int step = 0; step < 2000; ++step) {
        auto& r = readers[random.below(readers.size())];
        auto const& channel = names[random.below(4)];
        switch (random.below(10)) {
        case 0:
            r.subscribe(channel);
            break;
        case 1:
            r.link->post_text(R"({"type":"publish","channel":")" + channel + R"(","payload":{"data":)" +
                              std::to_string(++data) + "}}");
            break;
        case 2:
            ++data;
            w.rooms.publish(channel, {.data = payload{std::to_string(data)}},
                            [&truth, channel, value = data](published const& p) {
                                truth[channel].resize(
                                    std::max<std::size_t>(truth[channel].size(), p.at.offset));
                                truth[channel][p.at.offset - 1] = value;
                            });
            break;
        case 3:
            if (random.below(4) == 0) { // the connection breaks; what was written arrives or does not
                if (random.below(2))
                    r.read();
                r.link->post([s = r.link->session] { s->on_closed(); });
                r.link->session = nullptr;
                r.connect();
            }
            break;
        case 4:
            if (random.below(4) == 0)
                r.link->got->full = !r.link->got->full;
            else
                r.link->post([s = r.link->session, got = r.link->got] {
                    got->full = false;
                    s->on_drained();
                });
            break;
        case 5:
            r.read();
            if (r.link->got->closed) {
                CHECK(r.link->got->closed == 3008);
                r.connect();
            }
            break;
        default:
            w.shards[random.below(shards)].run_one();
        }
    }
    w.settle();
    std::size_t resets = 0;
    for (auto& r : readers) {
        r.read();
        r.connect();
        for (auto const& channel : names)
            r.subscribe(channel);
        w.settle();
        r.read();
        w.settle();
    }
    // The same end of the same story for everybody, without a hole.
    for (auto const& channel : names) {
        client auditor{w, 0};
        auto const reply = auditor.ask("subscribe", channel, R"({"last":300})");
        std::vector<std::uint64_t> kept;
        for (auto const m : reply.root()["payload"]["messages"].elements())
            kept.push_back(static_cast<std::uint64_t>(*m["data"].as_int64()));
        auto const top = static_cast<std::uint64_t>(*reply.root()["payload"]["offset"].as_int64());
        for (auto& r : readers) {
            CHECK(r.places[channel].offset == top);
            auto const& got = r.got[channel];
            auto const common = std::min(got.size(), kept.size());
            CHECK(std::equal(got.end() - static_cast<std::ptrdiff_t>(common), got.end(),
                             kept.end() - static_cast<std::ptrdiff_t>(common)));
            CHECK(std::set<std::uint64_t>(got.begin(), got.end()).size() == got.size());
            auto const first = top - got.size();
            for (std::size_t i = 0; i < got.size(); ++i)
                if (first + i < truth[channel].size() && truth[channel][first + i] != 0)
                    CHECK(got[i] == truth[channel][first + i]);
            resets += r.resets;
        }
    }
    if (seed % 3 != 0)
        CHECK(resets == 0); // everything was kept: then nobody loses anything
}
