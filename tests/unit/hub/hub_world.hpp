#pragma once

#include <unisono/core/manual_executor.hpp>
#include <unisono/hub/hub.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hub_test {

using namespace unisono;

struct listener : subscriber {
    std::string heard;
    std::vector<std::uint64_t> offsets;
    std::function<void(message_ptr const&)> react;

    void deliver(message_ptr const& m) override {
        heard += m->data.text();
        if (m->offset != 0)
            offsets.push_back(m->offset);
        if (react)
            react(m);
    }
};

/// An executor that counts what is posted to it.
struct counting_executor final : executor {
    manual_executor inner;
    std::size_t posts = 0;

    void post(task work) override {
        ++posts;
        inner.post(std::move(work));
    }
    bool running_here() const noexcept override { return inner.running_here(); }
};

/// A hub over shards whose tasks run when the test says so.
struct house {
    std::deque<counting_executor> shards;
    manual_clock time;
    seeded_random random{1};
    hub rooms;
    std::map<listener*, std::vector<subscription>> held;

    explicit house(std::size_t count, hub_options options = {})
        : shards(count), rooms(pointers(), with_sources(std::move(options))) {}

    std::vector<executor*> pointers() {
        std::vector<executor*> all;
        for (auto& s : shards)
            all.push_back(&s);
        return all;
    }
    hub_options with_sources(hub_options options) {
        options.clock = &time;
        options.random = &random;
        return options;
    }
    /// Another name for each `nth`, of a room that lives on `shard`.
    std::string room_on(std::size_t shard, int nth = 0) const {
        for (int i = 0;; ++i)
            if (auto name = "room " + std::to_string(i); rooms.owner_of(name) == shard && nth-- == 0)
                return name;
    }
    void settle() {
        for (bool more = true; more;) {
            more = false;
            for (auto& s : shards)
                more |= s.inner.run() != 0;
        }
    }
    /// On a shard, to the end.
    void on(std::size_t shard, task work) {
        shards[shard].post(std::move(work));
        settle();
    }
    void publish(std::string_view room, std::string_view text, subscriber const* exclude = nullptr) {
        rooms.publish(room, {.data = payload{text}, .exclude = exclude});
    }
    /// Publishes, and tells what became of it.
    published say(std::string_view room, publication what) {
        std::optional<published> result;
        rooms.publish(room, std::move(what), [&](published const& p) { result = p; });
        settle();
        return result.value();
    }
    subscribed join(std::size_t where, std::string_view room, std::shared_ptr<listener> who,
                    subscribe_options options = {}) {
        subscribed got;
        rooms.subscribe(where, room, who, std::move(options), [&](subscription s, subscribed past) {
            held[who.get()].push_back(std::move(s));
            got = std::move(past);
        });
        settle();
        return got;
    }
    void leave(listener& who) {
        held.erase(&who);
        settle();
    }
    history_page read(std::string_view room, history_query query = {}) {
        history_page got;
        rooms.history(room, std::move(query), [&](history_page page) { got = std::move(page); });
        settle();
        return got;
    }
    void sweep() {
        for (std::size_t i = 0; i < shards.size(); ++i)
            on(i, [this, i] { rooms.sweep(i); });
    }
    hub_inspection inspect(std::size_t index = 0, std::size_t largest = 10) {
        hub_inspection seen;
        on(index, [&] { seen = rooms.inspect(index, largest); });
        return seen;
    }
};

inline publication text(std::string_view data) {
    return {.data = payload{data}};
}

inline std::string texts(message_list const& messages) {
    std::string all;
    for (auto const& m : messages)
        all += m->data.text();
    return all;
}

} // namespace hub_test
