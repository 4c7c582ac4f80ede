#pragma once

#include <string_view>

namespace unisono::inline v0 {

/// The Content-Type for a file's name, by its extension; `application/octet-stream` for an unknown one.
std::string_view content_type(std::string_view file_name) noexcept;

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/mime.ipp>
#endif
