#pragma once

#include <unisono/core/config.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// A number that only grows.
///
/// Thread safety: one thread adds, any thread reads. Adding is a load, an add and a store: no locked
/// instruction, so each shard counts for itself and readers add the shards up.
class counter {
public:
    UNISONO_HOT void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// Counters by a small number: HTTP status, close code, error code. Peers and programs choose such numbers,
/// so the first 24 that occur get a counter each and the rest share one.
///
/// Thread safety: as counter.
class code_counters {
public:
    static constexpr std::size_t max_codes = 24;

    void add(std::uint16_t code) noexcept {
        for (auto& s : slots_) {
            auto const taken = s.code.load(std::memory_order_relaxed);
            if (taken == no_code)
                s.code.store(code, std::memory_order_relaxed);
            if (taken == no_code || taken == code) {
                s.count.add();
                return;
            }
        }
        others_.add();
    }

    /// Calls `visit(code, count)` for every code that occurred.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (auto const& s : slots_)
            if (auto const code = s.code.load(std::memory_order_relaxed); code != no_code)
                visit(static_cast<std::uint16_t>(code), s.count.value());
    }
    std::uint64_t others() const noexcept { return others_.value(); }

private:
    static constexpr std::uint32_t no_code = std::numeric_limits<std::uint32_t>::max();
    struct slot {
        std::atomic<std::uint32_t> code{no_code};
        counter count;
    };
    std::array<slot, max_codes> slots_;
    counter others_;
};

/// How long something takes, in fixed buckets from 10 us to 2.5 s.
///
/// Thread safety: as counter.
class duration_histogram {
public:
    /// Upper bounds of the buckets in microseconds, inclusive; one more bucket takes what is longer.
    static constexpr std::array<std::uint32_t, 17> bounds{
        10,     25,     50,     100,     250,     500,     1'000,     2'500,    5'000,
        10'000, 25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000};

    void add(std::chrono::nanoseconds took) noexcept {
        auto const ns = static_cast<std::uint64_t>(took.count() > 0 ? took.count() : 0);
        std::size_t bucket = 0;
        while (bucket < bounds.size() && ns > bounds[bucket] * std::uint64_t{1000})
            ++bucket;
        counts_[bucket].add();
        sum_.add(ns);
    }

    std::uint64_t count(std::size_t bucket) const noexcept { return counts_[bucket].value(); }
    std::chrono::nanoseconds sum() const noexcept {
        return std::chrono::nanoseconds{static_cast<std::int64_t>(sum_.value())};
    }

private:
    std::array<counter, bounds.size() + 1> counts_;
    counter sum_; ///< nanoseconds
};

enum class metric_type { counter, gauge, histogram };

/// What is measured. `name` follows Prometheus' conventions (a unit as suffix, `_total` for counters).
struct metric {
    std::string_view name;
    std::string_view help;
    metric_type type = metric_type::counter;
};

/// One dimension of a sample. Values come from fixed sets (codes, kinds, reasons): never from what a client
/// or a user is called.
struct metric_label {
    std::string_view name;
    std::string_view value;
};

using metric_labels = std::span<metric_label const>;

/// Receives every sample, for a page or a host's own registry. All samples of a metric come in one row.
/// What it is given is valid during the call.
class metric_visitor {
public:
    virtual ~metric_visitor() = default;

    virtual void value(metric const& what, metric_labels labels, double sample) = 0;

    /// `counts` per bucket of duration_histogram, not cumulated; `sum` of all in seconds.
    virtual void distribution(metric const& what, metric_labels labels, std::span<std::uint64_t const> counts,
                              double sum) = 0;
};

} // namespace unisono::inline v0
