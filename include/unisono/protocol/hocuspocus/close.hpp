#pragma once

#include <unisono/wire/close_code.hpp>

namespace unisono::inline v0::hocuspocus_close {

/// Why Hocuspocus servers close a WebSocket. Clients connect again after all of them.
inline constexpr close_code reset{4205};        ///< a limit, or a message that makes no sense
inline constexpr close_code unauthorized{4401}; ///< bytes that are not even addressed to a document
inline constexpr close_code timeout{4408};      ///< nobody authenticated in time

} // namespace unisono::inline v0::hocuspocus_close
