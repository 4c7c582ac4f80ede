#pragma once

#include <unisono/core/error.hpp>

namespace unisono::inline v0 {

/// Why the host's work on a document came to nothing.
enum class document_error {
    other_engine = 1, ///< the document is not held by the engine that was asked for
    edit_threw,       ///< what it edited before stays
    removed,          ///< the document was removed meanwhile
    refused,          ///< a hook said no
};

inline std::error_code make_error_code(document_error e) noexcept {
    static constexpr error_entry rows[] = {
        {"the document is held by another engine", condition::conflict},
        {"the edit threw", condition::conflict},
        {"the document was removed", condition::not_found},
        {"the change was refused", condition::denied},
    };
    static table_category const category{"unisono.document", rows};
    return {static_cast<int>(e), category};
}

} // namespace unisono::inline v0

template <>
struct std::is_error_code_enum<unisono::document_error> : std::true_type {};
