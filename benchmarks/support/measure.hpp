#pragma once

#include "support/process_usage.hpp"
#include "support/report.hpp"
#include "support/sockets.hpp"

#include <algorithm>
#include <cstdint>

namespace benchmark {

/// Runs `load` for a while, then measures it for `seconds`: how many latencies it noted, the server's CPU for
/// each, and the latencies.
template <class Load>
report measure(Load& load, int pid, double warmup, double seconds) {
    load.run_for(warmup);
    load.latency() = {};
    std::uint64_t const started = now();
    std::uint64_t const cpu_before = cpu_time(pid);
    load.run_for(seconds);
    auto const cpu = static_cast<double>(cpu_time(pid) - cpu_before);
    auto const elapsed = static_cast<double>(now() - started);
    auto const count = static_cast<double>(std::max<std::uint64_t>(load.latency().count(), 1));
    report result;
    result.add("per_second", count / elapsed * 1e9);
    result.add("cpu_us", cpu / 1e3 / count);
    result.add(load.latency());
    return result;
}

} // namespace benchmark
