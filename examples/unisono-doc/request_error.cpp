#include "request_error.hpp"

#include <unisono/core/error.hpp>

std::error_code make_error_code(request_error error) noexcept {
    using unisono::condition;
    static constexpr unisono::error_entry rows[] = {
        {"unknown operation", condition::unsupported},
        {"a field is missing or of another type", condition::malformed},
        {"bytes that are not hexadecimal digits", condition::malformed},
        {"the version of an update is 1 or 2", condition::unsupported},
        {"one name for roots of several kinds", condition::conflict},
    };
    static unisono::table_category const category{"unisono-doc", rows};
    return {static_cast<int>(error), category};
}
