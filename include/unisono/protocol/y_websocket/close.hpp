#pragma once

#include <unisono/wire/close_code.hpp>

namespace unisono::inline v0::y_websocket_close {

/// Why a client is to stay away: y-websocket from 3.1 on does so after 4400 to 4499, older versions come
/// back.
inline constexpr close_code denied{4403};
inline constexpr close_code removed{4410}; ///< the document

} // namespace unisono::inline v0::y_websocket_close
