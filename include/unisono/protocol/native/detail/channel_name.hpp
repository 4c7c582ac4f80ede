#pragma once

#include <cstddef>
#include <string_view>

namespace unisono::inline v0::detail {

inline constexpr std::size_t max_channel_name = 255;

/// 1 to 255 bytes without control characters (C0, DEL, C1), which would be invisible in a log and ambiguous
/// in a user interface. Precondition: valid UTF-8.
inline bool is_channel_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > max_channel_name)
        return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        auto const c = static_cast<unsigned char>(name[i]);
        if (c < 0x20 || c == 0x7f)
            return false;
        if (c == 0xc2 && static_cast<unsigned char>(name[i + 1]) < 0xa0) // U+0080 to U+009F
            return false;
    }
    return true;
}

} // namespace unisono::inline v0::detail
