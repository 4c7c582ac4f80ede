#pragma once

#include <unisono/core/bytes.hpp>

#include <optional>
#include <string>
#include <string_view>

/// Lower-case digits, two per byte.
std::string to_hex(unisono::bytes_view bytes);

/// Nothing when there is anything but pairs of digits, of either case.
std::optional<unisono::byte_buffer> from_hex(std::string_view hex);
