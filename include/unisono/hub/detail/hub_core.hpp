#pragma once

#include <unisono/hub/hub.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

struct string_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

template <class Value>
using string_map = std::unordered_map<std::string, Value, string_hash, std::equal_to<>>;

/// One subscriber in one room. Lives on the subscriber's shard.
struct membership {
    std::shared_ptr<subscriber> who;
    std::shared_ptr<std::string const> room;
    std::size_t where = 0;
    std::size_t index = 0; ///< place in the shard's list of members
};

/// The subscribers of a room on one shard.
class local_members {
public:
    void add(std::shared_ptr<membership> m);
    void remove(membership& m);
    void deliver(message_ptr const& m, subscriber const* exclude);
    bool empty() const noexcept { return count_ == 0; }

private:
    void close_gaps();

    // What the fan-out reads is a bare row of pointers; what keeps them alive stands apart.
    std::vector<subscriber*> row_;
    std::vector<std::shared_ptr<membership>> owners_;
    std::size_t count_ = 0;
    bool delivering_ = false;
    bool gaps_ = false;
};

/// A room, on the shard where it lives.
struct owned_room {
    owned_room(std::string_view room, std::string epoch, history_limits limits, std::size_t shards)
        : name(std::make_shared<std::string const>(room)), past(std::move(epoch), limits), interest(shards) {}

    std::shared_ptr<std::string const> name;
    history past;
    std::vector<std::size_t> interest; ///< subscribers by shard
    std::size_t subscribers = 0;
};

/// The hub's state, shared by the hub and its subscriptions.
class hub_core : public std::enable_shared_from_this<hub_core> {
public:
    hub_core(std::vector<executor*> shards, hub_options const& options);

    void publish(std::string_view room, publication what, std::function<void(position const&)> done);
    void subscribe(std::size_t where, std::string_view room, std::shared_ptr<subscriber> who,
                   subscribe_options options, std::function<void(subscription, subscribed)> done);
    void read_history(std::string_view room, subscribe_options options, std::function<void(subscribed)> done);
    void leave(std::shared_ptr<membership> m);
    void sweep(std::size_t index);

    std::size_t owner_of(std::string_view room) const noexcept {
        return shards_.size() == 1 ? 0 : std::hash<std::string_view>{}(room) % shards_.size();
    }
    std::size_t shard_count() const noexcept { return shards_.size(); }
    executor& shard(std::size_t index) const noexcept { return *shards_[index].where; }
    std::size_t room_count(std::size_t index) const { return shards_[index].rooms.size(); }

    /// Runs `work` on a shard: now when the caller is there and the hub is not in the middle of something
    /// there, else later, in order. So work on a shard never nests: a subscriber that publishes while it is
    /// being delivered to cannot make others see the two messages the wrong way round.
    template <class Work>
    void run_on(std::size_t index, Work&& work);

private:
    struct shard_state {
        executor* where;
        string_map<std::unique_ptr<owned_room>> rooms;
        string_map<local_members> members;
        std::deque<task> backlog;
        bool busy = false;
    };

    owned_room& room_at(shard_state& s, std::string_view room);
    void publish_here(shard_state& s, std::string_view room, publication&& what,
                      std::function<void(position const&)> const& done);
    void subscribe_here(shard_state& s, std::shared_ptr<membership> m, subscribe_options const& options,
                        std::function<void(subscription, subscribed)> done);
    void deliver_here(shard_state& s, message_ptr const& m, subscriber const* exclude);
    void forget_if_unused(shard_state& s, owned_room& room);
    static subscribed past_of(owned_room const& room, subscribe_options const& options);

    std::deque<shard_state> shards_; // a deque: its elements neither copy nor move
    history_limits limits_;
    clock* clock_;
    random_source* random_;
};

template <class Work>
void hub_core::run_on(std::size_t index, Work&& work) {
    shard_state& s = shards_[index];
    if (!s.where->running_here()) {
        s.where->post([self = shared_from_this(), index, work = std::forward<Work>(work)]() mutable {
            self->run_on(index, std::move(work));
        });
        return;
    }
    if (s.busy) {
        s.backlog.emplace_back(std::forward<Work>(work));
        return;
    }
    struct turn {
        shard_state& s;
        ~turn() {
            s.busy = false;
        } // also when the work throws: the rest of the backlog then waits for the next
    } const guard{(s.busy = true, s)};
    work();
    while (!s.backlog.empty()) {
        task next = std::move(s.backlog.front());
        s.backlog.pop_front();
        next();
    }
}

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/detail/impl/hub_core.ipp>
#endif
