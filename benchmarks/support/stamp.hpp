#pragma once

#include "support/sockets.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace benchmark {

inline constexpr std::size_t stamp_size = 16;

/// A message of `size` bytes, at least stamp_size, that begins with its time of departure: now.
inline std::string stamped_message(std::size_t size) {
    char stamp[stamp_size + 1];
    std::snprintf(stamp, sizeof(stamp), "%016llx", static_cast<unsigned long long>(now()));
    std::string body(size, '.');
    body.replace(0, stamp_size, stamp);
    return body;
}

/// When a message left.
inline std::uint64_t departure_of(std::string_view body) {
    char stamp[stamp_size + 1] = {};
    body.copy(stamp, stamp_size);
    return std::strtoull(stamp, nullptr, 16);
}

} // namespace benchmark
