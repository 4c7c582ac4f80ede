#pragma once

#include <unisono/wire/close_code.hpp>

/// The close codes of the native protocol. close_code::allows_reconnect() tells what the client makes of
/// them.
namespace unisono::inline v0::native_close {

// The client connects again.
inline constexpr close_code shutdown{3001};
inline constexpr close_code server_error{3004};
inline constexpr close_code expired{3005};
inline constexpr close_code subscription_expired{3006};
inline constexpr close_code slow{3008}; ///< it reads too slowly; it comes back and recovers
inline constexpr close_code write_error{3009};
inline constexpr close_code insufficient_state{3010};
inline constexpr close_code force_reconnect{3011};
inline constexpr close_code no_pong{3012};
inline constexpr close_code too_many_requests{3013};
inline constexpr close_code state_invalidated{3014};

// The client gives up.
inline constexpr close_code invalid_token{3500};
inline constexpr close_code bad_request{3501};
inline constexpr close_code stale{3502}; ///< no `connect` in time
inline constexpr close_code forced_off{3503};
inline constexpr close_code connection_limit{3504};
inline constexpr close_code channel_limit{3505};
inline constexpr close_code wrong_protocol{3506};
inline constexpr close_code denied{3507};
inline constexpr close_code not_available{3508};
inline constexpr close_code too_many_errors{3509};

} // namespace unisono::inline v0::native_close
