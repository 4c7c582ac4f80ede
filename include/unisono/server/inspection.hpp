#pragma once

#include <unisono/hub/hub_inspection.hpp>
#include <unisono/protocol/documents/inspection.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace unisono::inline v0 {

/// How many connections speak a protocol.
struct kind_count {
    std::string kind; ///< "http", "websocket", "native", "y-websocket", "sse"
    std::size_t connections = 0;
};

/// A connection whose peer reads more slowly than it is sent to.
struct slow_consumer {
    std::size_t shard = 0;
    std::uint64_t id = 0; ///< unique on its shard, as in the log
    std::string kind = {};
    std::string peer = {}; ///< address
    std::size_t queued_bytes = 0;
    std::size_t queue_limit = 0;
};

/// What went through since the server began.
struct traffic_totals {
    std::uint64_t accepted = 0; ///< connections
    std::uint64_t requests = 0; ///< HTTP
    std::uint64_t messages_in = 0;
    std::uint64_t publications = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
};

/// The same per second.
struct traffic_rates {
    double accepted = 0;
    double requests = 0;
    double messages_in = 0;
    double publications = 0;
    double deliveries = 0;
    double bytes_in = 0;
    double bytes_out = 0;
};

struct shard_inspection {
    bool answered = false; ///< false: its event loop is stuck, and only `totals` is known
    std::size_t connections = 0;
    std::size_t rooms = 0;
    std::size_t subscribers = 0;
    std::size_t queued_bytes = 0;
    std::chrono::nanoseconds answer_time{}; ///< from the question until the event loop took it up
    traffic_totals totals = {};
};

/// A server at one moment.
struct inspection {
    std::chrono::milliseconds time{};   ///< of day, UTC
    std::chrono::milliseconds uptime{}; ///< since the server was made
    std::size_t resident_bytes = 0;     ///< memory of the process; 0 when unknown
    std::vector<shard_inspection> shards = {};
    std::vector<kind_count> connections = {}; ///< by kind, most first
    hub_inspection rooms = {};                ///< of all shards
    documents_inspection documents = {};      ///< likewise
    std::size_t queued_bytes = 0;             ///< waiting to be written, all connections
    std::size_t queued_p50 = 0;               ///< per connection
    std::size_t queued_p99 = 0;
    std::size_t queued_max = 0;
    std::vector<slow_consumer> slowest = {}; ///< most queued bytes first
    traffic_totals totals = {};
    traffic_rates rates = {}; ///< since the inspection before, at least a quarter of a second ago
};

/// As one JSON object, the members named as here. Rooms, documents and peers are named: for operators only.
std::string to_json(inspection const& seen);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/server/impl/inspection.ipp>
#endif
