#include "presence_simulation.hpp"

#include "presence_cluster.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace presence_simulation {

namespace {

constexpr auto step = 100ms;
/// How long it may take until a node knows what another one said, if they are not cut off: messages get lost.
constexpr auto sync = 12s;

/// The truth about one client in one channel.
struct stay {
    bool wanted = false; ///< it is there whenever it is connected
    std::string state = "null";
    time_point present_since{}; ///< if it is there
    time_point absent_since{};  ///< if not
    time_point missed_since{};  ///< likewise, to those who did not hear of a short visit
    time_point may_go_until{};  ///< an absence that was long enough may be told up to now
    bool left = false;          ///< of its own will
};

struct client {
    std::string user, name;
    std::optional<std::size_t> at = {}; ///< the node it is connected to
    std::size_t last_at = 0;
    int last_life = 0; ///< of that node
    std::uint32_t connection = 0;
    std::map<std::string, stay> stays = {};

    bool is_in(stay const& s) const { return at && s.wanted; }
};

/// A node finds out that a connection is dead.
struct notice {
    time_point due;
    std::size_t node;
    int life;
    std::size_t client;
    std::uint32_t connection;
};

class world {
public:
    world(std::uint64_t seed, tally& counted) : random_(seed), counted_(counted), nodes_(random_, counted) {
        grace_ = random_.below(4) == 0 ? 0ms : 20'000ms;
        ttl_ = random_.below(3) == 0 ? 4'000ms : 0ms;
        patience_ = ttl_.count() != 0 ? std::min(ttl_, grace_) : grace_;
        coalesce_ = random_.below(2) == 0 ? 0ms : 250ms;
        std::chrono::milliseconds const forget_after{random_.below(2) == 0 ? 35'000 : 120'000};
        calm_ = random_.below(2) == 0;
        nodes_.begin({grace_, ttl_, coalesce_, forget_after}, 3 + random_.below(3));
        for (std::size_t i = 0; i < 6; ++i) {
            clients_.push_back(
                {.user = "user" + std::to_string(i % 4), .name = "client" + std::to_string(i)});
            for (auto const* const channel : {"a", "b"})
                clients_.back().stays[channel];
        }
    }

    std::string run() {
        for (int i = 0; i < 40 && problem_.empty(); ++i) {
            act();
            pass(10ms + some(10, 10ms) + (chance(3) ? some(40, step) : 0ms));
        }
        nodes_.heal();
        nodes_.calm_down();
        pass(down_after + 2 * grace_ + ttl_ + 12s);
        if (problem_.empty())
            compare_all();
        return problem_;
    }

private:
    time_point now() const { return nodes_.now(); }
    bool chance(std::uint64_t of) { return random_.below(of) == 0; }
    /// Less than `count` times `unit`.
    std::chrono::milliseconds some(std::uint64_t count, std::chrono::milliseconds unit) {
        return static_cast<int>(random_.below(count)) * unit;
    }
    void expect(bool what, std::string const& otherwise) {
        if (!what && problem_.empty())
            problem_ = otherwise;
    }

    void stop(std::size_t i, bool says_so) {
        if (!nodes_[i])
            return;
        nodes_.stop(i, says_so);
        for (auto& c : clients_)
            if (c.at == i)
                lose(c);
    }
    void pass(unisono::clock::duration span) {
        for (auto const end = now() + span; now() < end && problem_.empty();) {
            nodes_.pass(std::min<unisono::clock::duration>(step, end - now()));
            expect(nodes_.deliver(), "a message was refused");
            give_notice();
            if (ttl_.count() != 0)
                for (auto& c : clients_)
                    for (auto& [channel, s] : c.stays)
                        if (c.is_in(s))
                            nodes_[*c.at]->tracker.touch(channel, key(c));
            nodes_.advance();
            look();
        }
    }

    // The clients

    presence_key key(client const& c) const { return {c.user, c.name, c.connection}; }

    void act() {
        auto& c = clients_[random_.below(clients_.size())];
        auto const i = random_.below(nodes_.size());
        switch (random_.below(calm_ ? 12 : 15)) {
        case 0:
        case 1:
        case 2:
        case 3:
            return c.at ? say(c) : connect(c, chance(2) ? c.last_at : i);
        case 4:
        case 5:
            return say(c);
        case 6:
            return leave(c);
        case 7:
            return lose(c);
        case 8:
            lose(c);
            pass(some(30, step));
            return connect(c, c.last_at);
        case 9:
            lose(c);
            pass(some(10, step));
            return connect(c, i);
        case 10:
            return chance(4) ? stop(i, true) : pass(some(60, step));
        case 11:
            return nodes_[i] ? void() : nodes_.start(i);
        case 12:
            return chance(2) ? stop(i, false) : void();
        case 13:
            return nodes_.partition();
        default:
            return nodes_.heal();
        }
    }
    void say(client& c) {
        if (!c.at)
            return;
        auto& [channel, s] = *std::next(c.stays.begin(), static_cast<std::ptrdiff_t>(random_.below(2)));
        s.state = std::to_string(++said_);
        auto& tracker = nodes_[*c.at]->tracker;
        if (!s.wanted) {
            s.wanted = true;
            arrive(s);
        } else if (chance(2)) {
            return expect(tracker.update(channel, key(c), s.state), "an update was refused");
        }
        expect(tracker.track(channel, key(c), s.state).has_value(), "was not let in");
    }
    void leave(client& c) {
        auto& [channel, s] = *std::next(c.stays.begin(), static_cast<std::ptrdiff_t>(random_.below(2)));
        if (!c.is_in(s))
            return;
        s.wanted = false;
        s.left = true;
        s.absent_since = now();
        expect(nodes_[*c.at]->tracker.untrack(channel, key(c)), "could not leave");
    }
    /// Its connection is dead; the node finds out at once or later.
    void lose(client& c) {
        if (!c.at)
            return;
        for (auto& [channel, s] : c.stays)
            if (c.is_in(s)) {
                s.absent_since = now();
                if (now() - s.present_since >= sync)
                    s.missed_since = now();
            }
        c.at.reset();
        auto const delay = chance(2) ? 0ms : some(50, step);
        notices_.push_back({now() + delay, c.last_at, c.last_life,
                            static_cast<std::size_t>(&c - clients_.data()), c.connection});
        give_notice();
    }
    void give_notice() {
        for (auto const& n : notices_)
            if (n.due <= now() && nodes_.is_same(n.node, n.life))
                for (auto const& [channel, s] : clients_[n.client].stays)
                    nodes_[n.node]->tracker.drop(
                        channel, {clients_[n.client].user, clients_[n.client].name, n.connection});
        std::erase_if(notices_, [&](auto const& n) { return n.due <= now(); });
    }
    void connect(client& c, std::size_t to) {
        if (c.at || !nodes_[to])
            return;
        bool const same = to == c.last_at && nodes_.life(to) == c.last_life;
        c.at = c.last_at = to;
        c.last_life = nodes_.life(to);
        ++c.connection;
        for (auto& [channel, s] : c.stays) {
            if (!s.wanted)
                continue;
            s.present_since = now();
            auto const away = now() - s.missed_since;
            bool const in_time = away + (same ? 2 * step : sync) < patience_;
            if (!in_time)
                s.may_go_until = now() + sync;
            else
                ++(same ? counted_.returns : counted_.moves);
            std::optional<std::string_view> state;
            if (!same || !in_time || chance(2))
                state = s.state = std::to_string(++said_);
            expect(nodes_[to]->tracker.track(channel, key(c), state).has_value(), "was not let in");
        }
    }
    void arrive(stay& s) {
        s.left = false;
        s.present_since = now();
        s.may_go_until = now() + sync;
    }

    // What must be

    void look() {
        bool const is_disturbed =
            nodes_.is_cut() || now() - nodes_.disturbed_at() < down_after + grace_ + sync;
        for (auto const& n : nodes_.all()) {
            if (!n)
                continue;
            expect(n->told.problem.empty(), n->told.problem);
            counted_.joins += n->told.came.size();
            counted_.leaves += n->told.went.size();
            n->told.came.clear();
            for (auto const& name : std::exchange(n->told.went, {}))
                expect(is_disturbed || now() - n->started < sync || may_go(name),
                       name.second + " was told to have left " + name.first);
            for (auto const& [name, m] : n->told.members)
                expect(may_stay(name), name.second + " is still in " + name.first);
            if (chance(20))
                for (auto const* const channel : {"a", "b"})
                    n->told.compare(channel, n->tracker.list(channel), coalesce_.count() == 0);
        }
    }
    bool may_go(member_name const& name) {
        auto const& c = client_of(name);
        auto const& s = c.stays.at(name.first);
        return now() <= s.may_go_until || s.left ||
               (!c.is_in(s) && now() - s.missed_since + 2 * step >= patience_);
    }
    bool may_stay(member_name const& name) {
        auto const& c = client_of(name);
        auto const& s = c.stays.at(name.first);
        return c.is_in(s) || now() - std::max(s.absent_since, nodes_.disturbed_at()) <
                                 5s + grace_ + ttl_ + down_after + grace_ + sync;
    }
    client const& client_of(member_name const& name) const {
        return *std::find_if(clients_.begin(), clients_.end(),
                             [&](auto const& c) { return c.name == name.second; });
    }
    void compare_all() {
        std::size_t live = 0;
        for (auto const& n : nodes_.all())
            live += n != nullptr;
        std::map<member_name, std::string> truth;
        std::set<std::pair<std::string, std::string>> users;
        for (auto const& c : clients_)
            for (auto const& [channel, s] : c.stays)
                if (c.is_in(s)) {
                    truth[{channel, c.name}] = s.state;
                    users.emplace(channel, c.user);
                }
        for (auto const& n : nodes_.all()) {
            if (!n)
                continue;
            std::map<member_name, std::string> known;
            for (auto const& [name, m] : n->told.members)
                known[name] = m.state;
            expect(known == truth, "in the end not everybody knows who is there");
            expect(n->told.users == users, "in the end not all users came or went");
            expect(n->replicator.nodes_up() == live - 1, "in the end not all nodes are known");
            for (auto const* const channel : {"a", "b"}) {
                n->told.compare(channel, n->tracker.list(channel), true);
                auto const here = [&](auto const& each) { return each.first == channel; };
                expect(n->tracker.count(channel).users ==
                           static_cast<std::size_t>(std::count_if(users.begin(), users.end(), here)),
                       "users were counted wrongly");
            }
            expect(n->told.problem.empty(), n->told.problem);
        }
    }

    seeded_random random_;
    tally& counted_;
    cluster nodes_;
    std::chrono::milliseconds grace_{}, ttl_{}, coalesce_{};
    std::chrono::milliseconds patience_{}; ///< an absence this long may be told
    bool calm_ = false;                    ///< messages get lost, but no node does
    std::vector<client> clients_;
    std::vector<notice> notices_;
    int said_ = 0;
    std::string problem_;
};

} // namespace

std::string run(std::uint64_t seed, tally& counted) {
    return world{seed, counted}.run();
}

} // namespace presence_simulation
