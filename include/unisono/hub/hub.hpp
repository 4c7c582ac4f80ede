#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/executor.hpp>
#include <unisono/core/logger.hpp>
#include <unisono/core/random.hpp>
#include <unisono/hub/hub_inspection.hpp>
#include <unisono/hub/hub_metrics.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/hub/message_list.hpp>
#include <unisono/hub/position.hpp>
#include <unisono/hub/room_settings.hpp>
#include <unisono/hub/subscriber.hpp>
#include <unisono/hub/subscription.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// What a new subscriber wants from the past.
struct subscribe_options {
    std::optional<position> recover = {}; ///< everything after this, or nothing at all
    std::size_t last = 0;                 ///< otherwise the latest so many
    std::size_t recover_limit = 300;      ///< who missed more is not recovered
};

/// What a new subscriber gets. The first live message that follows has offset `at.offset + 1`.
struct subscribed {
    position at = {};
    bool was_recovering = false;
    bool recovered = false;     ///< `messages` is everything after the position asked for
    message_list messages = {}; ///< oldest first
};

/// What to read from a room's history.
struct history_query {
    std::optional<position> since = {}; ///< the first ones after this; otherwise the latest
    std::size_t limit = 300;            ///< at most so many; 0 asks only for the position
    bool newest_first = false;
};

struct history_page {
    position at = {};           ///< the room's latest publication
    bool complete = false;      ///< false: not everything after `since` is kept, and `messages` is empty
    message_list messages = {}; ///< oldest first, if not asked otherwise
};

/// What to publish.
struct publication {
    payload data = {};
    bool binary = false;
    bool ephemeral = false; ///< not kept and without an offset: typing, cursors
    message_kind kind = message_kind::publication;
    std::shared_ptr<publisher const> from = nullptr;
    subscriber const* exclude = nullptr; ///< who does not get it; only compared, never followed
    std::string key = {};                ///< message::key
    /// A second publication with the same key in the same room, by whomever, is not published within the
    /// window of hub_options. Empty: none.
    std::string idempotency_key = {};
};

/// What became of a publication.
struct published {
    position at = {};          ///< its place; offset 0 when it was ephemeral
    bool duplicate = false;    ///< not published; `at` is that of the first one with its idempotency key
    std::size_t receivers = 0; ///< subscribers of the room at that moment, on all shards
};

struct hub_options {
    history_limits history = {}; ///< of all rooms, unless `settings` is given
    /// Tells rooms apart by name: a thousand messages for "orders/...", none for "cursors/...". Called once
    /// in a room's life, on its shard, so on any of them. Must not throw.
    std::function<room_settings(std::string_view room)> settings = {};
    idle_limits idle = {};
    idempotency_limits idempotency = {};
    unisono::clock* clock = &system_clock();
    random_source* random = &system_random();
    logger* log = &null_logger(); ///< told what handlers and subscribers throw
};

/// Rooms: who is subscribed to what, in which order things were said, and what was said lately.
///
/// A room lives on one shard (chosen by its name), which gives every message its place; from there one task
/// per shard carries it to the subscribers on that shard. Every subscriber of a room sees its messages in the
/// same order, and a subscriber never misses or doubles one around the moment it subscribes. There is no
/// order across rooms. Rooms appear on first use. Once nobody is in one, its messages expire and later its
/// epoch and offset, see history_limits; a room in which nothing was ever said goes at once.
///
/// A message is shared by all its subscribers. Fan-out allocates nothing per subscriber; leaving and entering
/// cost the same whatever the size of the room. What a shard has for another goes there in one post per turn
/// of its loop.
///
/// Thread safety: publish, subscribe, history and the run_on members may be called from any thread. Handlers
/// say where they run. They may run before the call returns, when the caller is already on the right shard.
/// What a handler throws is logged, and the others go on.
class hub {
public:
    /// `shards` must outlive the hub and every subscription. At least one.
    explicit hub(std::vector<executor*> const& shards, hub_options const& options = {});
    ~hub();
    hub(hub const&) = delete;
    hub& operator=(hub const&) = delete;

    /// Publishes to a room. `done(published)` runs on the room's shard once the message has its place, before
    /// anybody gets it.
    void publish(std::string_view room, publication what, std::function<void(published const&)> done = {});

    /// Subscribes `who`, whose deliveries will run on shard `where`. `done(subscription, subscribed)` runs
    /// there before the first delivery; dropping the subscription leaves the room again.
    void subscribe(std::size_t where, std::string_view room, std::shared_ptr<subscriber> who,
                   subscribe_options options, std::function<void(subscription, subscribed)> done);

    /// Reads from a room's history. `done` runs on the room's shard.
    void history(std::string_view room, history_query query, std::function<void(history_page)> done);

    /// Runs `work` on the shard where `room` lives: for state that belongs to a room.
    void run_on_owner(std::string_view room, task work);

    /// Runs `work` on shard `index`, behind whatever the calling shard sent there before: an answer from a
    /// room's shard does not overtake the room's messages.
    void run_on(std::size_t index, task work);

    /// The index of the shard where `room` lives.
    std::size_t owner_of(std::string_view room) const noexcept;

    std::size_t shard_count() const noexcept;
    executor& shard(std::size_t index) const noexcept;

    /// Lets go of what has expired on shard `index`. Call on that shard, every minute or so.
    void sweep(std::size_t index);

    /// Rooms that live on shard `index`. Call on that shard.
    std::size_t room_count(std::size_t index) const;

    /// What shard `index` counted. From any thread.
    hub_metrics const& metrics(std::size_t index) const noexcept;

    /// What lives on shard `index`, and its `largest` rooms by subscribers. Looks at every room. Call on that
    /// shard.
    hub_inspection inspect(std::size_t index, std::size_t largest) const;

private:
    std::shared_ptr<detail::hub_core> core_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// Its definitions need both classes, whichever header comes first.
#include <unisono/hub/detail/hub_core.hpp>
#endif
