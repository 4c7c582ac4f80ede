#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unisono::inline v0 {

/// Why a WebSocket was closed (RFC 6455, 7.4, and the IANA registry).
///
/// 3000-3999 are the library's, 4000-4999 the application's. In both the lower half invites the client to
/// reconnect and the upper half forbids it: see allows_reconnect().
class close_code {
public:
    static close_code const normal;
    static close_code const going_away;
    static close_code const protocol_error;
    static close_code const unsupported_data;
    static close_code const no_status; ///< what an empty close frame means; not sendable itself
    static close_code const abnormal;  ///< the connection ended without a close frame; not sendable
    static close_code const invalid_payload;
    static close_code const policy_violation;
    static close_code const message_too_big;
    static close_code const internal_error;
    static close_code const service_restart;
    static close_code const try_again_later;

    constexpr explicit close_code(std::uint16_t value) noexcept : value_(value) {}

    constexpr std::uint16_t value() const noexcept { return value_; }

    /// May stand in a close frame, sent or received.
    constexpr bool is_sendable() const noexcept {
        return (value_ >= 1000 && value_ <= 1003) || (value_ >= 1007 && value_ <= 1014) ||
               (value_ >= 3000 && value_ <= 4999);
    }

    /// A client that was closed with this code may connect again by itself.
    constexpr bool allows_reconnect() const noexcept {
        if (value_ >= 3000 && value_ <= 4999)
            return value_ % 1000 < 500;
        return value_ == 1001 || value_ == 1005 || value_ == 1006 || (value_ >= 1011 && value_ <= 1014);
    }

    friend constexpr bool operator==(close_code, close_code) noexcept = default;

private:
    std::uint16_t value_;
};

inline constexpr close_code close_code::normal{1000};
inline constexpr close_code close_code::going_away{1001};
inline constexpr close_code close_code::protocol_error{1002};
inline constexpr close_code close_code::unsupported_data{1003};
inline constexpr close_code close_code::no_status{1005};
inline constexpr close_code close_code::abnormal{1006};
inline constexpr close_code close_code::invalid_payload{1007};
inline constexpr close_code close_code::policy_violation{1008};
inline constexpr close_code close_code::message_too_big{1009};
inline constexpr close_code close_code::internal_error{1011};
inline constexpr close_code close_code::service_restart{1012};
inline constexpr close_code close_code::try_again_later{1013};

/// The longest reason a close frame can carry, in bytes (RFC 6455, 5.5).
inline constexpr std::size_t max_close_reason = 123;

/// The longest start of `reason` that is valid UTF-8 and fits a close frame; ends between code points.
std::string_view truncate_close_reason(std::string_view reason) noexcept;

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/close_code.ipp>
#endif
