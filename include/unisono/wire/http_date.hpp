#pragma once

#include <chrono>
#include <string>

namespace unisono::inline v0 {

/// A time since 1970 as Date and Last-Modified carry it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
/// Years 0000 to 9999.
std::string http_date(std::chrono::milliseconds wall_time);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/http_date.ipp>
#endif
