#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/native/error.hpp>

#include <string>

namespace unisono::inline v0 {

UNISONO_DECL native_error_info const& describe(native_error code) noexcept {
    using enum native_error;
    static constexpr native_error_info rows[] = {
        {internal, "internal", "internal server error", true, condition::unavailable},
        {unauthorized, "unauthorized", "unauthorized", false, condition::denied},
        {unknown_channel, "unknown_channel", "unknown channel", false, condition::not_found},
        {permission_denied, "permission_denied", "permission denied", false, condition::denied},
        {unknown_type, "unknown_type", "unknown message type", false, condition::unsupported},
        {already_subscribed, "already_subscribed", "already subscribed", false, condition::conflict},
        {limit_exceeded, "limit_exceeded", "limit exceeded", false, condition::too_large},
        {bad_request, "bad_request", "bad request", false, condition::malformed},
        {not_available, "not_available", "not available", false, condition::unsupported},
        {token_expired, "token_expired", "token expired", false, condition::denied},
        {subscription_expired, "subscription_expired", "subscription expired", false, condition::denied},
        {too_many_requests, "too_many_requests", "too many requests", true, condition::unavailable},
        {unrecoverable_position, "unrecoverable_position",
         "publications after this position are not all kept", false, condition::not_found},
        {concurrent_operation, "concurrent_operation", "concurrent operation", true, condition::conflict},
        {not_subscribed, "not_subscribed", "not subscribed", false, condition::conflict},
        {payload_too_large, "payload_too_large", "payload too large", false, condition::too_large},
        {room_full, "room_full", "room full", false, condition::too_large},
        {version_conflict, "version_conflict", "version conflict", false, condition::conflict},
        {invalid_update, "invalid_update", "invalid document update", false, condition::malformed},
        {channel_closed, "channel_closed", "channel closed", false, condition::closed},
        {backend_unavailable, "backend_unavailable", "backend unavailable", true, condition::unavailable},
        {draining, "draining", "the server is about to stop", true, condition::unavailable},
        {peer_absent, "peer_absent", "peer absent", false, condition::not_found},
        {duplicate_session, "duplicate_session", "duplicate session", false, condition::conflict},
    };
    static constexpr native_error_info application{native_error{400}, "application", "application error",
                                                   false, condition::denied};
    if (is_application_error(code))
        return application;
    for (auto const& row : rows)
        if (row.code == code)
            return row;
    return rows[0];
}

UNISONO_DECL std::error_code application_error(int code) noexcept {
    return native_error{code};
}

namespace detail {

/// Codes that start at 100 and have gaps do not fit table_category.
class native_category final : public std::error_category {
public:
    char const* name() const noexcept override { return "unisono.native"; }
    std::string message(int value) const override { return describe(native_error{value}).message; }
    std::error_condition default_error_condition(int value) const noexcept override {
        return make_error_condition(describe(native_error{value}).kind);
    }
};

UNISONO_DECL std::error_category const& native_error_category() noexcept {
    static native_category const category;
    return category;
}

} // namespace detail

UNISONO_DECL std::error_code make_error_code(native_error e) noexcept {
    return {static_cast<int>(e), detail::native_error_category()};
}

UNISONO_DECL native_error to_native_error(std::error_code error, native_error otherwise) noexcept {
    if (error == std::errc::operation_canceled)
        return native_error::internal;
    return error.category() == detail::native_error_category() ? native_error{error.value()} : otherwise;
}

} // namespace unisono::inline v0
