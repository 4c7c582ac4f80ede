#pragma once

#include <unisono/core/error.hpp>
#include <unisono/protocol/documents/request.hpp>

#include <string>
#include <string_view>
#include <system_error>

namespace unisono::inline v0::detail {

inline document_answer document_refusal(std::string_view what, std::error_code error) {
    return {.failure =
                error == condition::too_large ? document_failure::too_large : document_failure::invalid,
            .why = std::string{what} + ": " + error.message()};
}

inline document_answer document_unavailable(std::string_view why) {
    return {.failure = document_failure::unavailable, .why = std::string{why}};
}

} // namespace unisono::inline v0::detail
