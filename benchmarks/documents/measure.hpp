#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <malloc.h>
#include <unistd.h>
#include <vector>

namespace benchmark {

using steady = std::chrono::steady_clock;

template <class Work>
double milliseconds(Work&& work) {
    auto const start = steady::now();
    work();
    return std::chrono::duration<double, std::milli>(steady::now() - start).count();
}

/// The median of up to 15 runs, in one second. `run()` returns what one took, in milliseconds: so each can
/// prepare what is not to be counted.
template <class Run>
double median_of(Run&& run) {
    std::vector<double> took;
    auto const end = steady::now() + std::chrono::seconds{1};
    while (took.empty() || (took.size() < 15 && steady::now() < end))
        took.push_back(run());
    auto const middle = took.begin() + static_cast<std::ptrdiff_t>(took.size() / 2);
    std::nth_element(took.begin(), middle, took.end());
    return *middle;
}

struct memory {
    double resident = 0; ///< megabytes
    double heap = 0;
};

inline memory memory_now() {
    ::malloc_trim(0); // or what was freed before would be used again, and cost nothing
    std::ifstream statm{"/proc/self/statm"};
    std::size_t size = 0;
    std::size_t pages = 0;
    statm >> size >> pages;
    auto const heap = ::mallinfo2();
    return {static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6,
            static_cast<double>(heap.uordblks + heap.hblkhd) / 1e6};
}

/// What one of twenty more of them takes.
template <class Make>
memory memory_of(Make&& make) {
    using made = decltype(make());
    constexpr int count = 20;
    std::vector<made> all;
    all.reserve(count);
    auto const before = memory_now();
    for (int i = 0; i < count; ++i)
        all.push_back(make());
    auto const after = memory_now();
    return {(after.resident - before.resident) / count, (after.heap - before.heap) / count};
}

} // namespace benchmark
