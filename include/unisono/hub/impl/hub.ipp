#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/detail/hub_core.hpp>
#include <unisono/hub/hub.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL hub::hub(std::vector<executor*> const& shards, hub_options const& options)
    : core_(std::make_shared<detail::hub_core>(shards, options)) {}

UNISONO_DECL hub::~hub() = default;

UNISONO_DECL void hub::publish(std::string_view room, publication what,
                               std::function<void(published const&)> done) {
    core_->publish(room, std::move(what), std::move(done));
}

UNISONO_DECL void hub::subscribe(std::size_t where, std::string_view room, std::shared_ptr<subscriber> who,
                                 subscribe_options options,
                                 std::function<void(subscription, subscribed)> done) {
    core_->subscribe(where, room, std::move(who), std::move(options), std::move(done));
}

UNISONO_DECL void hub::history(std::string_view room, history_query query,
                               std::function<void(history_page)> done) {
    core_->read_history(room, std::move(query), std::move(done));
}

UNISONO_DECL void hub::run_on_owner(std::string_view room, task work) {
    core_->run_on(core_->owner_of(room), std::move(work));
}

UNISONO_DECL void hub::run_on(std::size_t index, task work) {
    core_->run_on(index, std::move(work));
}

UNISONO_DECL std::size_t hub::owner_of(std::string_view room) const noexcept {
    return core_->owner_of(room);
}

UNISONO_DECL std::size_t hub::shard_count() const noexcept {
    return core_->shard_count();
}

UNISONO_DECL executor& hub::shard(std::size_t index) const noexcept {
    return core_->shard(index);
}

UNISONO_DECL void hub::sweep(std::size_t index) {
    core_->run_on(index, [core = core_.get(), index] { core->sweep(index); });
}

UNISONO_DECL std::size_t hub::room_count(std::size_t index) const {
    return core_->room_count(index);
}

UNISONO_DECL hub_metrics const& hub::metrics(std::size_t index) const noexcept {
    return core_->metrics(index);
}

UNISONO_DECL hub_inspection hub::inspect(std::size_t index, std::size_t largest) const {
    return core_->inspect(index, largest);
}

UNISONO_DECL void subscription::cancel() noexcept {
    if (auto* const m = std::exchange(membership_, nullptr)) {
        auto const core = m->place->core(); // outlives the leaving, which may be the last thing it does
        core->leave(*m);
    }
}

UNISONO_DECL std::string const& subscription::epoch() const noexcept {
    return membership_->place->room()->epoch;
}

} // namespace unisono::inline v0
