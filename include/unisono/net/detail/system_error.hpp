#pragma once

#include <cerrno>
#include <system_error>

namespace unisono::inline v0::detail {

/// What became of a system call.
inline std::error_code error_unless(bool done) noexcept {
    return done ? std::error_code{} : std::error_code{errno, std::system_category()};
}

} // namespace unisono::inline v0::detail
