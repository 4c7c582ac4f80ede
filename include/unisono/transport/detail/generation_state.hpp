#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/transport/generation_options.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// One answer: a room in a hub of its own, so that it goes, history and all, when it is let go. Thread
/// safety: any thread.
class generation_state {
public:
    generation_state(std::string_view key, std::string_view owner, std::vector<executor*> const& shards,
                     generation_options const& options)
        : key_(key),
          owner_(owner),
          clock_(*options.clock),
          room_(shards, {.history = {.messages = options.events + 1, // and the end
                                     .bytes = options.bytes,
                                     .ttl = std::chrono::hours{24 * 365}},
                         .idle = {.bytes = options.bytes}, // it is its room's alone
                         .clock = options.clock}) {}

    std::string const& key() const noexcept { return key_; }
    std::string const& owner() const noexcept { return owner_; }
    hub& room() noexcept { return room_; }
    executor& home() const noexcept { return room_.shard(room_.owner_of(key_)); }
    std::stop_source& stop() noexcept { return stop_; } ///< of the producer

    /// Appends a block, unless the answer has ended. Was it running?
    bool append(payload block) {
        std::lock_guard const lock{mutex_}; // so that nothing comes behind the end
        if (ended_)
            return false;
        say(std::move(block));
        return true;
    }

    /// Appends `last`, if there is one, and the end. Was it running?
    bool end(payload last) {
        std::lock_guard const lock{mutex_};
        if (ended_)
            return false;
        ended_ = clock_.now();
        if (!last.empty())
            say(std::move(last));
        room_.publish(key_, {.data = {}});
        return true;
    }

    /// When it ended; nothing while it is running.
    std::optional<clock::time_point> ended() const {
        std::lock_guard const lock{mutex_};
        return ended_;
    }

    /// Is there nothing behind the first `count` events, and never will be?
    bool ended_after(std::uint64_t count) const {
        std::lock_guard const lock{mutex_};
        return ended_ && count >= events_;
    }

private:
    void say(payload block) {
        room_.publish(key_, {.data = std::move(block)});
        ++events_;
    }

    std::string const key_;
    std::string const owner_;
    clock& clock_;
    hub room_;
    std::stop_source stop_;
    mutable std::mutex mutex_;
    std::optional<clock::time_point> ended_;
    std::uint64_t events_ = 0;
};

} // namespace unisono::inline v0::detail
