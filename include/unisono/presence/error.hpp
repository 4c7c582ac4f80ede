#pragma once

#include <unisono/core/error.hpp>

namespace unisono::inline v0 {

/// Why somebody could not be entered into a channel's presence.
enum class presence_error {
    invalid_name = 1,     ///< a channel, user or client with no name or one beyond max_presence_name
    state_too_large,      ///< presence_limits::state
    too_many_channels,    ///< presence_limits::channels
    too_many_connections, ///< presence_limits::connections
    older_connection,     ///< the client is here on a later one: presence_key::connection
};

inline std::error_code make_error_code(presence_error e) noexcept {
    static constexpr error_entry rows[] = {
        {"a name of 1 to 255 bytes is needed", condition::malformed},
        {"the state is too large", condition::too_large},
        {"too many channels", condition::too_large},
        {"too many connections of one user", condition::too_large},
        {"a later connection is this client", condition::conflict},
    };
    static table_category const category{"unisono.presence", rows};
    return {static_cast<int>(e), category};
}

} // namespace unisono::inline v0

template <>
struct std::is_error_code_enum<unisono::presence_error> : std::true_type {};
