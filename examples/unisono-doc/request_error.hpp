#pragma once

#include <system_error>

/// What is wrong with a request, beyond what the library says about JSON and updates.
enum class request_error {
    unknown_operation = 1,
    missing_field,
    not_hexadecimal,
    unknown_version,
    conflicting_roots,
};

std::error_code make_error_code(request_error error) noexcept;

template <>
struct std::is_error_code_enum<request_error> : std::true_type {};
