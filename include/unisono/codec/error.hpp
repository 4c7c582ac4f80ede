#pragma once

#include <unisono/core/error.hpp>

namespace unisono::inline v0 {

/// Why bytes could not be decoded.
enum class codec_error {
    truncated = 1,   ///< the input ends inside a value
    number_overflow, ///< an integer above 2^53-1, or outside the type asked for
    invalid_utf8,    ///< text that is not well-formed UTF-8
    unknown_tag,     ///< a type tag the format does not define
    too_deep,        ///< nested deeper than the limit
    too_large,       ///< longer, or with more elements, than the limit
    invalid_json,    ///< text that is not JSON (RFC 8259)
    duplicate_key,   ///< an object names the same key twice where that is refused
    trailing_bytes,  ///< bytes after the end of the value
    wrong_type,      ///< a value of another type than the one asked for
    missing_field,   ///< a required field is absent
    invalid_base64,  ///< text that is not base64 (RFC 4648)
};

inline std::error_code make_error_code(codec_error e) noexcept {
    static constexpr error_entry rows[] = {
        {"the input ends inside a value", condition::malformed},
        {"integer out of range", condition::malformed},
        {"invalid UTF-8", condition::malformed},
        {"unknown type tag", condition::malformed},
        {"nested too deeply", condition::too_large},
        {"too large", condition::too_large},
        {"invalid JSON", condition::malformed},
        {"duplicate key", condition::malformed},
        {"bytes after the end of the value", condition::malformed},
        {"value of another type than expected", condition::malformed},
        {"a required field is missing", condition::malformed},
        {"invalid base64", condition::malformed},
    };
    static table_category const category{"unisono.codec", rows};
    return {static_cast<int>(e), category};
}

} // namespace unisono::inline v0

template <>
struct std::is_error_code_enum<unisono::codec_error> : std::true_type {};
