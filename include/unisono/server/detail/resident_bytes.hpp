#pragma once

#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace unisono::inline v0::detail {

/// Memory of this process that is in RAM (proc(5), statm); 0 where the system does not tell.
inline std::size_t resident_bytes() noexcept {
    int const file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    char text[128];
    auto const size = ::read(file, text, sizeof text - 1);
    ::close(file);
    if (size <= 0)
        return 0;
    text[size] = '\0';
    char* second = nullptr;
    (void)std::strtoull(text, &second, 10); // the first number is address space
    return std::strtoull(second, nullptr, 10) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace unisono::inline v0::detail
