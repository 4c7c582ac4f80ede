#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace benchmark {

/// Nanoseconds on a CPU, summed over the threads that are alive. The scheduler's own account:
/// /proc/<pid>/stat counts ticks of 10 ms.
inline std::uint64_t cpu_time(int pid) {
    std::uint64_t sum = 0;
    std::error_code gone; // a thread that ends meanwhile is no fault
    for (auto const& task :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
        std::uint64_t on_cpu = 0;
        if (std::ifstream(task.path() / "schedstat") >> on_cpu)
            sum += on_cpu;
    }
    return sum;
}

/// Bytes of physical memory in use.
inline std::uint64_t resident_memory(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;)
        if (std::uint64_t kilobytes = 0; word == "VmRSS:" && status >> kilobytes)
            return kilobytes * 1024;
    return 0;
}

} // namespace benchmark
