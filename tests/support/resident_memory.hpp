#pragma once

#include <cstddef>
#include <fstream>
#include <malloc.h>
#include <string>

namespace unisono::test {

/// The most memory this process ever had in RAM, in bytes. 0 under the address sanitizer, which keeps what is
/// freed.
inline std::size_t peak_resident_memory() {
#if !defined(__SANITIZE_ADDRESS__)
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;)
        if (std::size_t kilobytes; word == "VmHWM:" && status >> kilobytes)
            return kilobytes * 1024;
#endif
    return 0;
}

/// What is allocated now, in bytes.
inline std::size_t allocated_memory() {
    auto const info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

} // namespace unisono::test
