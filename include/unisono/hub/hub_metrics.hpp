#pragma once

#include <unisono/core/metrics.hpp>

namespace unisono::inline v0 {

/// What a hub counts on one shard. Written there, read from anywhere.
struct hub_metrics {
    counter publications; ///< to rooms that live on the shard
    counter deliveries;   ///< to subscribers on the shard
    counter subscriptions;
    counter recovered;            ///< came back and got all they missed
    counter not_recovered;        ///< came back to a gap
    duration_histogram broadcast; ///< of one message to a room's subscribers on the shard
};

} // namespace unisono::inline v0
