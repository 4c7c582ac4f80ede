#include "simulation.hpp"

#include <unisono/core/manual_executor.hpp>

#include "client.hpp"

#include <deque>

namespace simulation {

namespace {

using namespace std::chrono_literals;

class world {
public:
    world(std::uint64_t seed, tally& counted)
        : dice_(seed),
          counted_(counted),
          shards_(1 + dice_.below(3)),
          tokens_(seed + 1),
          rooms_(pointers(), options()),
          clients_(1 + dice_.below(4)) {
        for (auto& c : clients_)
            c.room = room();
    }

    std::string run() {
        for (int step = 0; step < 150 && error_.empty(); ++step)
            one_step();
        come_to_rest();
        return error_;
    }

private:
    std::vector<executor*> pointers() {
        std::vector<executor*> all;
        for (auto& s : shards_)
            all.push_back(&s);
        return all;
    }
    hub_options options() {
        return {.history = {.messages = dice_.below(16), .ttl = 10s, .meta_ttl = dice_.below(2) * 20s},
                .idle = {.rooms = dice_.below(3)},
                .idempotency = {.window = 5s},
                .clock = &time_,
                .random = &tokens_};
    }
    std::string room() { return dice_.below(3) == 0 ? "b" : "a"; }
    std::size_t shard() { return dice_.below(shards_.size()); }
    client& someone() { return clients_[dice_.below(clients_.size())]; }

    void one_step() {
        switch (dice_.below(16)) {
        case 0:
        case 1: // from a thread that is no shard
            return publish(room());
        case 2:
            return shards_[shard()].post([this, name = room(), times = 1 + dice_.below(3)] {
                for (std::uint64_t i = 0; i < times; ++i)
                    publish(name);
            });
        case 3:
            return publish_own(someone());
        case 4:
        case 5:
            return connect(someone());
        case 6:
            return hang_up(someone());
        case 7:
            return time_.advance(std::chrono::seconds{dice_.below(3)});
        case 8:
            return shards_[shard()].post([this, index = shard()] { rooms_.sweep(index); });
        case 9:
        case 10:
            for (auto& c = someone(); dice_.below(4) != 0;)
                read(c);
            return;
        case 11:
            return read_history(room());
        default:
            for (auto& s = shards_[shard()]; dice_.below(4) != 0;)
                s.run_one();
        }
    }

    publication next_publication() {
        std::uint64_t const data = ++data_;
        auto const what = dice_.below(8);
        publication p{
            .data = payload::build(sizeof data,
                                   [&](mutable_bytes out) { std::memcpy(out.data(), &data, sizeof data); }),
            .ephemeral = what == 0};
        if (what == 1)
            p.idempotency_key = "key " + std::to_string(dice_.below(2));
        if (what == 2)
            p.key = "k";
        return p;
    }

    void publish(std::string const& name, client* excluded = nullptr) {
        auto p = next_publication();
        if (excluded)
            p.exclude = excluded->line.get();
        bool const kept = !p.ephemeral;
        rooms_.publish(name, std::move(p), [this, kept, data = data_, excluded](published const& done) {
            if (done.duplicate) {
                ++counted_.duplicates;
                return;
            }
            ++counted_.published;
            if (!kept)
                return;
            real_.add(done.at, data, error_);
            if (excluded)
                excluded->excluded.emplace(done.at.epoch, done.at.offset);
        });
    }

    void publish_own(client& c) {
        if (c.line)
            publish(c.room, &c);
    }

    void connect(client& c) {
        if (c.line)
            return;
        constexpr std::array policies{overflow::refuse, overflow::refuse, overflow::drop_oldest,
                                      overflow::drop_newest, overflow::conflate};
        std::size_t const limit = sizeof(frame) * (1 + dice_.below(8));
        c.line = std::make_shared<session>(shard(), limit, policies[dice_.below(policies.size())], error_);
        auto const mood = dice_.below(8);
        if (mood < 4)
            c.line->react = [this, mood](session& s) { misbehave(s, mood); };
        subscribe_options wish{.last = dice_.below(3), .recover_limit = 1 + dice_.below(12)};
        if (c.seen && dice_.below(4) != 0) {
            c.skip_own();
            wish.recover = c.seen->at();
        }
        rooms_.subscribe(
            c.line->where, c.room, c.line, std::move(wish),
            [line = c.line](subscription s, subscribed past) { line->begin(std::move(s), std::move(past)); });
    }

    /// In the middle of a delivery.
    void misbehave(session& s, std::uint64_t mood) {
        if (dice_.below(4) != 0)
            return;
        switch (mood) {
        case 0:
            return publish(room());
        case 1: // leaves
            return s.end(true);
        case 2: // takes another along
            for (auto& c : clients_)
                if (c.line && c.line->where == s.where && c.line->live && c.line.get() != &s)
                    return c.line->end(true);
            return;
        default:
            throw std::runtime_error("subscribers must not throw");
        }
    }

    void hang_up(client& c) {
        if (auto const line = std::exchange(c.line, nullptr))
            end(line);
    }

    void end(std::shared_ptr<session> const& line) {
        shards_[line->where].post([line] {
            if (line->live)
                line->end(false);
        });
    }

    bool read(client& c) {
        bool const any = c.read(real_, counted_, error_);
        if (auto const lost = std::exchange(c.lost, nullptr))
            end(lost);
        return any;
    }

    void read_history(std::string const& name) {
        rooms_.history(name, {.limit = 4}, [this](history_page const& page) {
            auto offset = page.at.offset - page.messages.size();
            for (auto const& m : page.messages)
                if (m->offset != ++offset || !real_.holds(page.at.epoch, m->offset, number_in(*m)))
                    error_ = "a history with a hole or with wrong data";
        });
    }

    void settle() {
        for (bool more = true; more && error_.empty();) {
            more = false;
            for (auto& s : shards_)
                more |= s.run_one();
            for (auto& c : clients_)
                while (read(c))
                    more = true;
        }
    }

    /// Who is subscribed has seen everything; then all leave, and nothing stays.
    void come_to_rest() {
        for (auto& c : clients_)
            if (c.line)
                c.line->react = nullptr;
        settle();
        for (auto& c : clients_) {
            if (!c.line || !error_.empty())
                continue;
            c.skip_own();
            rooms_.history(c.room, {.limit = 0}, [&](history_page const& page) {
                bool const may_lack = c.line->how != overflow::refuse; // nothing came after what was dropped
                if (page.at != c.seen->at() && !may_lack)
                    error_ = "somebody who is subscribed did not see everything";
            });
            settle();
        }
        for (auto& c : clients_)
            hang_up(c);
        settle();
        time_.advance(1h);
        std::size_t left = 0;
        for (std::size_t i = 0; i < shards_.size(); ++i)
            shards_[i].post([this, i, &left] {
                rooms_.sweep(i);
                left += rooms_.room_count(i);
            });
        settle();
        if (error_.empty() && left != 0)
            error_ = "rooms stay although nobody is in them";
    }

    seeded_random dice_;
    tally& counted_;
    std::string error_;
    manual_clock time_;
    std::deque<manual_executor> shards_;
    seeded_random tokens_;
    truth real_;
    std::uint64_t data_ = 0;
    hub rooms_;
    std::vector<client> clients_;
};

} // namespace

std::string run(std::uint64_t seed, tally& counted) {
    return world{seed, counted}.run();
}

} // namespace simulation
