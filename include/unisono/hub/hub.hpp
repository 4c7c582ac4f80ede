#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/executor.hpp>
#include <unisono/core/random.hpp>
#include <unisono/hub/history.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/hub/position.hpp>
#include <unisono/hub/subscriber.hpp>
#include <unisono/hub/subscription.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// What a new subscriber wants from the past.
struct subscribe_options {
    std::optional<position> recover = {}; ///< everything after this, or nothing at all
    std::size_t last = 0;                 ///< otherwise the latest so many
};

/// What a new subscriber gets. The first live message that follows has offset `at.offset + 1`.
struct subscribed {
    position at;
    bool was_recovering = false;
    bool recovered = false;            ///< `messages` is everything after the position asked for
    std::vector<message_ptr> messages; ///< oldest first
};

/// What to publish.
struct publication {
    payload data = {};
    bool binary = false;
    bool ephemeral = false; ///< not kept and without an offset: typing, cursors
    message_kind kind = message_kind::publication;
    std::shared_ptr<publisher const> from = nullptr;
    subscriber const* exclude = nullptr; ///< who does not get it; only compared, never followed
};

struct hub_options {
    history_limits history = {};
    unisono::clock* clock = &system_clock();
    random_source* random = &system_random();
};

/// Rooms: who is subscribed to what, in which order things were said, and what was said lately.
///
/// A room lives on one shard (chosen by its name), which gives every message its place; from there one task
/// per shard carries it to the subscribers on that shard. Every subscriber of a room sees its messages in the
/// same order, and a subscriber never misses or doubles one around the moment it subscribes. There is no
/// order across rooms. Rooms appear on first use and vanish when nobody is in them and their history has
/// expired.
///
/// Thread safety: publish, subscribe and history may be called from any thread. Handlers say where they run.
/// They may run before the call returns, when the caller is already on the right shard.
class hub {
public:
    /// `shards` must outlive the hub and every subscription. At least one.
    explicit hub(std::vector<executor*> shards, hub_options options = {});
    ~hub();
    hub(hub const&) = delete;
    hub& operator=(hub const&) = delete;

    /// Publishes to a room. `done(position)` runs on the room's shard once the message has its place.
    void publish(std::string_view room, publication what, std::function<void(position const&)> done = {});

    /// Subscribes `who`, whose deliveries will run on shard `where`. `done(subscription, subscribed)` runs
    /// there before the first delivery; dropping the subscription leaves the room again.
    void subscribe(std::size_t where, std::string_view room, std::shared_ptr<subscriber> who,
                   subscribe_options options, std::function<void(subscription, subscribed)> done);

    /// The latest `limit` messages, or those after `since`. `done` runs on the room's shard.
    void history(std::string_view room, std::size_t limit, std::optional<position> since,
                 std::function<void(subscribed)> done);

    /// Runs `work` on the shard where `room` lives: for state that belongs to a room.
    void run_on_owner(std::string_view room, task work);

    /// The index of the shard where `room` lives.
    std::size_t owner_of(std::string_view room) const noexcept;

    std::size_t shard_count() const noexcept;
    executor& shard(std::size_t index) const noexcept;

    /// Frees expired history and empty rooms of shard `index`. Call on that shard, every minute or so.
    void sweep(std::size_t index);

    /// Rooms that live on shard `index`. Call on that shard.
    std::size_t room_count(std::size_t index) const;

private:
    std::shared_ptr<detail::hub_core> core_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/impl/hub.ipp>
#endif
