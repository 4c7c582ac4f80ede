#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/history.hpp>
#include <unisono/transport/detail/sse_room_feed.hpp>
#include <unisono/transport/generation.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/sse_handshake.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace unisono::inline v0 {

namespace detail {

/// One answer: a room in a hub of its own, so that it goes, history and all, when it is let go.
struct generation_state {
    generation_state(std::string_view k, std::string_view o, std::vector<executor*> const& shards,
                     generation_options const& options)
        : key(k),
          owner(o),
          clock(options.clock),
          room(shards, {.history = {.messages = options.events + 1, // and the end
                                    .bytes = options.bytes,
                                    .ttl = std::chrono::hours{24 * 365}},
                        .idle = {.bytes = options.bytes}, // it is its room's alone
                        .clock = options.clock}) {}

    /// Appends a block, unless the answer has ended. Was it running?
    bool append(payload block) {
        std::lock_guard const lock{mutex}; // so that nothing comes behind the end
        if (ended)
            return false;
        room.publish(key, {.data = std::move(block)});
        ++events;
        return true;
    }

    /// Appends `last`, if there is one, and the end. Was it running?
    bool end(payload last) {
        std::lock_guard const lock{mutex};
        if (ended)
            return false;
        ended = clock->now();
        if (!last.empty()) {
            room.publish(key, {.data = std::move(last)});
            ++events;
        }
        room.publish(key, {.data = {}});
        return true;
    }

    bool has_ended() const {
        std::lock_guard const lock{mutex};
        return ended.has_value();
    }

    std::string const key;
    std::string const owner;
    unisono::clock* const clock;
    hub room;
    std::stop_source stop;
    mutable std::mutex mutex;
    std::optional<clock::time_point> ended;
    std::uint64_t events = 0;
};

struct generation_registry {
    std::vector<executor*> shards;
    generation_options options;
    // A lock, and not a shard's task, because a request wants to know at once. It is taken when an answer
    // begins, is looked for or ends, never for an event, and nobody is called while it is held.
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<generation_state>, std::less<>> all;

    std::shared_ptr<generation_state> find(std::string_view key, std::string_view owner) {
        std::lock_guard const lock{mutex};
        auto const found = all.find(key);
        return found != all.end() && found->second->owner == owner ? found->second : nullptr;
    }

    /// Lets go of what has been kept long enough, and of the longest ended when there is no room. Under the
    /// lock.
    void make_room(std::vector<std::shared_ptr<generation_state>>& gone) {
        auto const now = options.clock->now();
        auto oldest = all.end();
        std::optional<clock::time_point> since;
        for (auto i = all.begin(); i != all.end();) {
            std::unique_lock lock{i->second->mutex};
            auto const ended = i->second->ended;
            lock.unlock();
            if (ended && now - *ended > options.ttl) {
                gone.push_back(std::move(i->second));
                i = all.erase(i);
                continue;
            }
            if (ended && (!since || *ended < *since)) {
                since = ended;
                oldest = i;
            }
            ++i;
        }
        if (all.size() >= options.max_count && oldest != all.end()) {
            gone.push_back(std::move(oldest->second));
            all.erase(oldest);
        }
    }
};

/// The offset that the query asks to start behind; nothing when it makes no sense.
UNISONO_DECL std::optional<std::uint64_t> parse_from(std::string_view text) {
    std::uint64_t n = 0;
    auto const [stopped, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (ec != std::errc{} || stopped != text.data() + text.size())
        return std::nullopt;
    return n;
}

} // namespace detail

struct generation::producer {
    explicit producer(std::shared_ptr<detail::generation_state> s) : state(std::move(s)) {}
    producer(producer const&) = delete;
    producer& operator=(producer const&) = delete;
    ~producer() { state->end({}); }

    std::shared_ptr<detail::generation_state> state;
};

UNISONO_DECL generation::generation(std::shared_ptr<detail::generation_state> s)
    : producer_(std::make_shared<producer const>(std::move(s))) {}

UNISONO_DECL result<send_status> generation::write(sse_event const& event) const {
    if (!event.data)
        return wire_error::forbidden_character; // without data there is nothing a viewer could see
    auto plain = event;
    plain.id.reset();
    auto block = encode_sse(plain);
    if (!block)
        return block.error();
    return producer_->state->append(*std::move(block)) ? send_status::queued : send_status::closed;
}

UNISONO_DECL void generation::finish() const {
    producer_->state->end({});
}

UNISONO_DECL std::stop_token generation::stop_token() const noexcept {
    return producer_->state->stop.get_token();
}

UNISONO_DECL executor& generation::home() const noexcept {
    auto const& s = *producer_->state;
    return s.room.shard(s.room.owner_of(s.key));
}

UNISONO_DECL generations::generations(hub const& rooms, generation_options options)
    : registry_(std::make_shared<detail::generation_registry>()) {
    for (std::size_t i = 0; i < rooms.shard_count(); ++i)
        registry_->shards.push_back(&rooms.shard(i));
    registry_->options = std::move(options);
}

UNISONO_DECL generations::~generations() = default;

UNISONO_DECL result<generation> generations::start(std::string_view key, std::string_view owner) {
    auto state =
        std::make_shared<detail::generation_state>(key, owner, registry_->shards, registry_->options);
    std::vector<std::shared_ptr<detail::generation_state>> gone; // outlives the lock
    std::lock_guard const lock{registry_->mutex};
    registry_->make_room(gone);
    if (registry_->all.contains(key))
        return std::make_error_code(std::errc::file_exists);
    if (registry_->all.size() >= registry_->options.max_count)
        return std::make_error_code(std::errc::device_or_resource_busy);
    registry_->all.emplace(key, state);
    return generation{std::move(state)};
}

UNISONO_DECL void generations::view(http_exchange const& exchange, std::size_t where, std::string_view key,
                                    std::string_view owner) const {
    auto const state = registry_->find(key, owner);
    if (!state) {
        exchange.respond(error_response(404));
        return;
    }
    auto const id = last_event_id(exchange.request());
    auto const from = detail::parse_from(exchange.request().query_parameter("from").value_or("0"));
    if (!id || !from) {
        exchange.respond(error_response(400));
        return;
    }
    using feed = detail::sse_room_feed;
    position at{{}, *from};
    if (!id->empty())
        at = detail::parse_feed_id(*id).value_or(position{"?", 0});
    if (at.offset != 0) {
        std::unique_lock lock{state->mutex};
        bool const has_it_all = state->ended && at.offset >= state->events;
        lock.unlock();
        if (has_it_all) {
            exchange.respond({.status = 204});
            return;
        }
    }
    feed::serve(exchange, state->room, where, key, {{.last = history::unlimited}, std::move(at)},
                feed::content::blocks, registry_->options.stream);
}

UNISONO_DECL bool generations::cancel(std::string_view key, std::string_view owner, sse_event const& last) {
    auto const state = registry_->find(key, owner);
    auto plain = last;
    plain.id.reset();
    auto block = encode_sse(plain);
    if (!state || !state->end(block ? *std::move(block) : payload{}))
        return false;
    state->stop.request_stop();
    return true;
}

UNISONO_DECL std::size_t generations::running() const {
    std::lock_guard const lock{registry_->mutex};
    return static_cast<std::size_t>(
        std::count_if(registry_->all.begin(), registry_->all.end(),
                      [](auto const& entry) { return !entry.second->has_ended(); }));
}

} // namespace unisono::inline v0
