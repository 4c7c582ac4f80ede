#pragma once

#include <unisono/wire/llm_encoder.hpp>

#include <string_view>

namespace unisono::inline v0::detail {

/// How an error is called, and which status code it has before the first event.
struct llm_error_name {
    std::string_view openai;
    std::string_view anthropic;
    int openai_status;
    int anthropic_status;
};

inline llm_error_name name_of(llm_error_kind kind) noexcept {
    static constexpr llm_error_name names[] = {
        {"invalid_request_error", "invalid_request_error", 400, 400},
        {"authentication_error", "authentication_error", 401, 401},
        {"permission_error", "permission_error", 403, 403},
        {"not_found_error", "not_found_error", 404, 404},
        {"rate_limit_error", "rate_limit_error", 429, 429},
        {"server_error", "api_error", 500, 500},
        {"server_error", "overloaded_error", 503, 529},
    };
    return names[static_cast<std::size_t>(kind)];
}

/// Why an answer ended, in each convention's words.
struct llm_finish_name {
    std::string_view chat;      ///< finish_reason
    std::string_view responses; ///< incomplete_details.reason; empty: complete
    std::string_view messages;  ///< stop_reason
};

inline llm_finish_name name_of(llm_finish reason) noexcept {
    static constexpr llm_finish_name names[] = {
        {"stop", "", "end_turn"},
        {"length", "max_output_tokens", "max_tokens"},
        {"tool_calls", "", "tool_use"},
        {"content_filter", "content_filter", "refusal"},
    };
    return names[static_cast<std::size_t>(reason)];
}

} // namespace unisono::inline v0::detail
