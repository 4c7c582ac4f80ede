#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/metrics.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/net/shard.hpp>
#include <unisono/protocol/documents/service.hpp>
#include <unisono/server/inspection.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// How many rooms, documents and slow consumers an inspection names.
inline constexpr std::size_t inspected_most = 20;

/// What one shard says about itself.
struct shard_survey {
    std::map<std::string_view, std::size_t> kinds;
    std::vector<std::size_t> queues; ///< bytes per connection
    std::vector<slow_consumer> slowest;
    hub_inspection rooms;
    documents_inspection documents;
    std::chrono::steady_clock::time_point answered;
};

/// Looks at all shards of a server without stopping any.
class observer {
public:
    observer(std::deque<shard>& shards, hub& rooms, clock& time) noexcept
        : shards_(shards),
          rooms_(rooms),
          time_(time),
          begun_(time.now()),
          before_{begun_, {}},
          latest_{before_} {}

    /// From now on looks at these documents, too. Before the shards run.
    void watch(document_service const& documents) noexcept { documents_ = &documents; }

    /// `done` runs on shard `at`. From any thread.
    void inspect(std::size_t at, std::function<void(inspection)> done);

    /// Shows all samples to `to`, then calls `done`, both on shard `at`. From any thread.
    void visit_metrics(std::size_t at, metric_visitor& to, std::function<void()> done);

    /// `done(true)` on shard `at` when every event loop answered in time. From any thread.
    void check_alive(std::size_t at, std::function<void(bool)> done);

private:
    using surveys = std::vector<std::optional<shard_survey>>;

    shard_survey survey(std::size_t index, std::size_t most) const;
    inspection summarize(surveys const& all, std::chrono::steady_clock::time_point asked);
    traffic_totals totals_of(std::size_t index) const;
    traffic_rates rates_since(traffic_totals const& now);
    void show_counters(metric_visitor& to) const;
    void show_states(surveys const& all, metric_visitor& to) const;
    template <class Value>
    std::uint64_t sum(Value&& value) const;

    std::deque<shard>& shards_;
    hub& rooms_;
    document_service const* documents_ = nullptr;
    clock& time_;
    clock::time_point begun_;

    struct mark {
        clock::time_point at;
        traffic_totals totals;
    };
    std::mutex mutex_; ///< guards what follows
    mark before_;      ///< rates are taken from here
    mark latest_;      ///< becomes the next `before_`
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/server/detail/impl/observer.ipp>
#include <unisono/server/detail/impl/observer_metrics.ipp>
#endif
