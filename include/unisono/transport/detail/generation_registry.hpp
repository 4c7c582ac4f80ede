#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/result.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/transport/detail/generation_state.hpp>
#include <unisono/transport/generation_options.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// The answers that are kept, by key. Thread safety: any thread.
///
/// A lock, and not a shard's task, because a request wants to know at once. It is taken when an answer begins
/// or is looked for, never for an event, and nobody is called while it is held.
class generation_registry {
public:
    using entry = std::shared_ptr<generation_state>;

    generation_registry(hub const& rooms, generation_options options) : options_(std::move(options)) {
        for (std::size_t i = 0; i < rooms.shard_count(); ++i)
            shards_.push_back(&rooms.shard(i));
    }

    generation_options const& options() const noexcept { return options_; }

    /// Errors: see generations::start().
    result<entry> start(std::string_view key, std::string_view owner) {
        auto made = std::make_shared<generation_state>(key, owner, shards_, options_);
        std::vector<entry> gone; // outlives the lock
        std::lock_guard const lock{mutex_};
        make_room(gone);
        if (all_.contains(key))
            return std::make_error_code(std::errc::file_exists);
        if (all_.size() >= options_.max_count)
            return std::make_error_code(std::errc::device_or_resource_busy);
        all_.emplace(key, made);
        return made;
    }

    /// Null when there is none, or it is somebody else's.
    entry find(std::string_view key, std::string_view owner) {
        std::lock_guard const lock{mutex_};
        auto const found = all_.find(key);
        return found != all_.end() && found->second->owner() == owner ? found->second : nullptr;
    }

    std::size_t running() const {
        std::lock_guard const lock{mutex_};
        return static_cast<std::size_t>(
            std::count_if(all_.begin(), all_.end(), [](auto const& one) { return !one.second->ended(); }));
    }

private:
    /// Lets go of what has been kept long enough, and of the longest ended when there is no room. Under the
    /// lock.
    void make_room(std::vector<entry>& gone) {
        auto const now = options_.clock->now();
        auto oldest = all_.end();
        std::optional<clock::time_point> since;
        for (auto i = all_.begin(); i != all_.end();) {
            auto const ended = i->second->ended();
            if (ended && now - *ended > options_.ttl) {
                gone.push_back(std::move(i->second));
                i = all_.erase(i);
                continue;
            }
            if (ended && (!since || *ended < *since)) {
                since = ended;
                oldest = i;
            }
            ++i;
        }
        if (all_.size() >= options_.max_count && oldest != all_.end()) {
            gone.push_back(std::move(oldest->second));
            all_.erase(oldest);
        }
    }

    std::vector<executor*> shards_;
    generation_options const options_;
    mutable std::mutex mutex_;
    std::map<std::string, entry, std::less<>> all_;
};

} // namespace unisono::inline v0::detail
