#pragma once

#include <unisono/core/error.hpp>

#include <cstdint>
#include <string_view>

namespace unisono::inline v0 {

/// Why a request of the native protocol failed. The values go over the wire; they equal Centrifugo's where
/// the meaning is the same. 400 to 1999 are the application's.
enum class native_error {
    internal = 100,
    unauthorized = 101,
    unknown_channel = 102,
    permission_denied = 103,
    unknown_type = 104,
    already_subscribed = 105,
    limit_exceeded = 106,
    bad_request = 107,
    not_available = 108,
    token_expired = 109,
    subscription_expired = 110,
    too_many_requests = 111,
    unrecoverable_position = 112,
    concurrent_operation = 113,
    not_subscribed = 120,
    payload_too_large = 121,
    room_full = 122,
    version_conflict = 123,
    invalid_update = 124,
    channel_closed = 125,
    backend_unavailable = 126,
    draining = 127,
    peer_absent = 130,
    duplicate_session = 131,
};

/// What the protocol says about an error besides its code.
struct native_error_info {
    native_error code;
    std::string_view name; ///< for programs and logs: "bad_request"
    char const* message;   ///< for people
    bool temporary;        ///< the same request may succeed later
    condition kind;
};

/// Is it one of the application's own, 400 to 1999?
constexpr bool is_application_error(native_error code) noexcept {
    return static_cast<int>(code) >= 400 && static_cast<int>(code) <= 1999;
}

/// An error of the application's own, for a native_hook to answer with. `code` is 400 to 1999; any other is
/// told as native_error::internal.
std::error_code application_error(int code) noexcept;

/// The row of `code`; one for all of the application's; the one of native_error::internal for a value that is
/// none.
native_error_info const& describe(native_error code) noexcept;

std::error_code make_error_code(native_error e) noexcept;

/// What a client is told about `error`: itself when it is a native_error, `internal` when a host_reply got
/// lost, else `otherwise`, so that nothing about the inside leaks out.
native_error to_native_error(std::error_code error, native_error otherwise) noexcept;

/// Why the server ended a subscription. From 2500 on the client subscribes again by itself, with its last
/// position.
enum class native_unsubscribe : std::uint16_t {
    by_server = 2000,
    kicked = 2001,
    channel_closed = 2002,
    insufficient_state = 2500, ///< a publication is missing
    expired = 2501,
    state_invalidated = 2502,
};

} // namespace unisono::inline v0

template <>
struct std::is_error_code_enum<unisono::native_error> : std::true_type {};

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/impl/error.ipp>
#endif
