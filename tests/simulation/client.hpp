#pragma once

#include <unisono/core/random.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/hub/outbox.hpp>
#include <unisono/hub/stream_cursor.hpp>

#include "simulation.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace simulation {

using namespace unisono;

/// What was really said: the data at each place of a room's lives.
class truth {
public:
    void add(position const& at, std::uint64_t data, std::string& error) {
        auto& life = lives_[at.epoch];
        if (life.size() + 1 != at.offset)
            error = "an offset was given twice or left out";
        life.push_back(data);
    }
    bool holds(std::string const& epoch, std::uint64_t offset, std::uint64_t data) const {
        auto const life = lives_.find(epoch);
        return life != lives_.end() && offset >= 1 && offset <= life->second.size() &&
               life->second[offset - 1] == data;
    }

private:
    std::map<std::string, std::vector<std::uint64_t>> lives_;
};

/// What goes over the wire: an offset with data, or the answer to a subscription (by its index).
struct frame {
    std::uint64_t offset = 0;
    std::uint64_t data = 0;
    std::uint64_t answer = 0; ///< 0: none

    payload bytes() const {
        return payload::build(sizeof *this,
                              [&](mutable_bytes out) { std::memcpy(out.data(), this, sizeof *this); });
    }
};

inline std::uint64_t number_in(message const& m) {
    std::uint64_t data = 0;
    std::memcpy(&data, m.data.data(), sizeof data);
    return data;
}

/// A connection of a client: the server's end of it, with the wire in between.
struct session final : subscriber {
    std::size_t where;
    outbox box;
    overflow how;
    subscription link;
    std::vector<subscribed> answers;
    bool live = true;                    ///< the hub may still deliver
    bool broken = false;                 ///< the client will see the connection closed
    bool answered = false;               ///< nothing may be delivered before
    std::function<void(session&)> react; ///< called in the middle of a delivery
    std::string* error;

    session(std::size_t shard, std::size_t limit, overflow policy, std::string& to)
        : where(shard), box(limit), how(policy), error(&to) {}

    void begin(subscription s, subscribed past) {
        if (!live)
            return;
        link = std::move(s);
        answers.push_back(std::move(past));
        answered = true;
        box.push_exempt(frame{.answer = answers.size()}.bytes());
    }
    void deliver(message_ptr const& m) override {
        if (!live)
            *error = "delivered to somebody who had left";
        else if (!answered)
            *error = "delivered before the answer to the subscription";
        else if (!box.push(frame{m->offset, number_in(*m)}.bytes(), how, m->conflation))
            end(true);
        if (react)
            react(*this);
    }
    /// On its shard.
    void end(bool notice) {
        live = false;
        broken = broken || notice;
        link.cancel();
    }
};

/// Somebody who follows a room: remembers the position, comes back, and judges what arrives.
struct client {
    std::string room;
    std::shared_ptr<session> line;
    std::optional<stream_cursor> seen;
    std::string epoch;
    std::set<std::pair<std::string, std::uint64_t>> excluded; ///< own publications that it is not to get

    /// Takes the next frame off the wire. False when there is none.
    bool read(truth const& real, tally& counted, std::string& error) {
        if (!line)
            return false;
        std::array<bytes_view, 1> next;
        if (line->box.gather(std::span<bytes_view>{next}) == 0) {
            if (line->broken)
                line.reset();
            return false;
        }
        frame got;
        std::memcpy(&got, next[0].data(), sizeof got);
        line->box.consume(sizeof got);
        if (got.answer != 0)
            begin(line->answers[got.answer - 1], real, counted, error);
        else if (got.offset != 0)
            take(got.offset, got.data, real, counted, error);
        return true;
    }

private:
    void begin(subscribed const& past, truth const& real, tally& counted, std::string& error) {
        if (past.was_recovering)
            ++(past.recovered ? counted.recovered : counted.not_recovered);
        if (past.recovered) {
            if (!seen || past.at.epoch != epoch)
                error = "recovered from another life";
            auto next = seen->at().offset;
            for (auto const& m : past.messages)
                if (m->offset != ++next || !real.holds(epoch, m->offset, number_in(*m)))
                    error = "a recovery with a hole or with wrong data";
            if (next != past.at.offset)
                error = "a recovery that does not reach the present";
        } else if (past.was_recovering && !past.messages.empty()) {
            error = "a failed recovery that brings something";
        }
        epoch = past.at.epoch;
        seen.emplace(past.at);
    }

    void take(std::uint64_t offset, std::uint64_t data, truth const& real, tally& counted,
              std::string& error) {
        skip_own();
        switch (seen->accept(offset)) {
        case arrival::next:
            ++counted.seen;
            if (!real.holds(epoch, offset, data))
                error = "a message with wrong data";
            break;
        case arrival::duplicate:
            error = "a message came twice, or in the wrong order";
            break;
        case arrival::gap:
            if (line->how == overflow::refuse)
                error = "a gap that no outbox made";
            ++counted.gaps;
            line->broken = true; // it comes back and recovers
            lost = std::exchange(line, nullptr);
            break;
        }
    }

public:
    std::shared_ptr<session> lost; ///< hung up on, to be ended on its shard

    /// Goes past what it published itself and asked not to get.
    void skip_own() {
        while (seen && excluded.contains({epoch, seen->at().offset + 1}))
            seen->accept(seen->at().offset + 1);
    }
};

} // namespace simulation
