#pragma once

#include <unisono/core/detail/string_map.hpp>
#include <unisono/core/executor.hpp>
#include <unisono/hub/detail/local_members.hpp>
#include <unisono/hub/detail/room_table.hpp>
#include <unisono/hub/hub.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// The hub's state, shared by the hub and its subscriptions.
class hub_core : public std::enable_shared_from_this<hub_core> {
public:
    hub_core(std::vector<executor*> const& shards, hub_options const& options);

    void publish(std::string_view room, publication what, std::function<void(published const&)> done);
    void subscribe(std::size_t where, std::string_view room, std::shared_ptr<subscriber> who,
                   subscribe_options options, std::function<void(subscription, subscribed)> done);
    void read_history(std::string_view room, history_query query, std::function<void(history_page)> done);
    void leave(membership& m);
    void sweep(std::size_t index);
    hub_metrics const& metrics(std::size_t index) const noexcept { return shards_[index].metrics; }
    hub_inspection inspect(std::size_t index, std::size_t largest) const;

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
    /// What one shard has for another: a message to deliver, or any other work.
    struct parcel {
        message_ptr message = nullptr;
        subscriber const* exclude = nullptr;
        task work = {};
    };
    using batch = std::vector<parcel>;

    struct shard_state {
        shard_state(executor* e, room_table::configuration const& with, std::size_t shards)
            : where(e), rooms(with), outgoing(shards) {}

        executor* where;
        room_table rooms;                  ///< that live here
        string_map<local_members> members; ///< who is here, by room
        std::deque<task> backlog;          ///< waits until what the hub does here is done
        std::vector<batch*> outgoing;      ///< by shard; the task that takes it there owns it
        hub_metrics metrics;
        bool busy = false;
    };

    void publish_here(shard_state& s, std::string_view room, publication&& what,
                      std::function<void(published const&)> const& done);
    void subscribe_here(shard_state& s, std::size_t where, std::string_view name,
                        std::shared_ptr<subscriber> who, subscribe_options const& options,
                        std::function<void(subscription, subscribed)> done);
    void deliver_here(shard_state& s, message_ptr const& m, subscriber const* exclude);
    void broadcast(shard_state& s, local_members& to, message_ptr const& m, subscriber const* exclude);
    void fan_out(shard_state& s, room const& r, message_ptr const& m, subscriber const* exclude);

    shard_state* here() noexcept;
    void send(std::size_t to, task work);
    void send(shard_state& from, std::size_t to, parcel what);
    void receive(std::size_t index, batch& parcels);

    template <class Work>
    void turn(shard_state& s, Work&& work);
    template <class Work>
    void guarded(Work&& work);

    room_table::configuration rooms_;
    idempotency_limits idempotency_;
    clock* clock_;
    logger* log_;
    std::deque<shard_state> shards_; // a deque: its elements neither copy nor move
};

template <class Work>
void hub_core::run_on(std::size_t index, Work&& work) {
    shard_state& s = shards_[index];
    if (!s.where->running_here())
        send(index, std::forward<Work>(work));
    else if (s.busy)
        s.backlog.emplace_back(std::forward<Work>(work));
    else
        turn(s, std::forward<Work>(work));
}

/// `work`, and then whatever it left behind.
template <class Work>
void hub_core::turn(shard_state& s, Work&& work) {
    s.busy = true;
    guarded(std::forward<Work>(work));
    while (!s.backlog.empty()) {
        task const next = std::move(s.backlog.front());
        s.backlog.pop_front();
        guarded(next);
    }
    s.busy = false;
}

/// One that throws must not take along what waits behind it.
template <class Work>
void hub_core::guarded(Work&& work) {
    try {
        work();
    } catch (std::exception const& e) {
        log_->write(severity::error, "hub", "a handler threw", {{"reason", e.what()}});
    } catch (...) {
        log_->write(severity::error, "hub", "a handler threw");
    }
}

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/detail/impl/hub_core.ipp>
#include <unisono/hub/impl/hub.ipp>
#endif
