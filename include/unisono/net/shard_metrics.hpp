#pragma once

#include <unisono/core/metrics.hpp>

namespace unisono::inline v0 {

/// What a shard counts of its connections and of the transports on them. Written on the shard, read from
/// anywhere.
struct shard_metrics {
    // Connections.
    counter accepted;
    counter accept_pauses; ///< no descriptors or memory left
    counter bytes_in;
    counter bytes_out;
    counter messages_dropped;    ///< by outboxes of connections that have ended
    counter messages_conflated;  ///< likewise
    counter sends_refused;       ///< outbox full
    counter ended_in_order;      ///< by either side
    counter ended_by_network;    ///< reset, unreachable
    counter ended_by_timeout;    ///< silent, or stuck while something was to be written
    counter ended_slow;          ///< did not read what was sent
    counter ended_by_us;         ///< aborted, shutdown
    duration_histogram loop_lag; ///< how late a timer of the event loop fires

    // HTTP.
    counter requests;
    code_counters responses;        ///< by status
    code_counters refused_requests; ///< broke the rules or a limit; by status
    counter origins_refused;

    // WebSocket.
    counter websockets_opened;
    code_counters websocket_closes; ///< by close code, also 1006: cut
    counter handshakes_refused;
    counter messages_in;
    counter pings_timed_out;

    // Event streams.
    counter streams_opened;

    counter handler_exceptions;
};

} // namespace unisono::inline v0
