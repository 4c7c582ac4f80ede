#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace benchmark {

/// Counts durations with a relative error below 2%, in constant memory and time: 64 buckets for each power of
/// two.
class histogram {
public:
    void add(std::uint64_t nanoseconds) {
        ++buckets_[index(nanoseconds)];
        ++count_;
        max_ = nanoseconds > max_ ? nanoseconds : max_;
    }

    std::uint64_t count() const { return count_; }
    std::uint64_t max() const { return max_; }

    /// The lower bound of the bucket that holds the quantile `q` in [0, 1].
    std::uint64_t quantile(double q) const {
        auto rest = static_cast<std::uint64_t>(q * static_cast<double>(count_));
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            if (rest < buckets_[i])
                return lower_bound(i);
            rest -= buckets_[i];
        }
        return max_;
    }

private:
    static constexpr unsigned precision = 6;
    static constexpr std::size_t per_power = 1U << precision;

    static std::size_t index(std::uint64_t value) {
        if (value < per_power)
            return value;
        unsigned const shift = static_cast<unsigned>(std::bit_width(value)) - 1 - precision;
        return (shift + 1) * per_power + ((value >> shift) - per_power);
    }
    static std::uint64_t lower_bound(std::size_t index) {
        if (index < per_power)
            return index;
        return (per_power + index % per_power) << (index / per_power - 1);
    }

    std::array<std::uint64_t, (64 - precision + 1) * per_power> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

} // namespace benchmark
