#pragma once

#include <unisono/core/error.hpp>

namespace unisono::inline v0 {

/// Why bytes are not a document update, beyond what codec_error says.
enum class crdt_error {
    unknown_content = 1, ///< a struct whose content the format does not define
    unknown_type,        ///< a shared type the format does not define
    empty_struct,        ///< a struct that covers no clock
    invalid_reference,   ///< an element that refers to itself or to a later one of its own client
    clock_out_of_range,  ///< a clock beyond the limit
    too_many_structs,    ///< more structs than the limit
    too_many_clients,    ///< more clients than the limit
    too_many_ranges,     ///< more delete ranges than the limit
    unknown_key,         ///< a number for a text attribute or an element name that none has
    document_too_large,  ///< a document with it could not be held
    missing_elements,    ///< a past state has elements that are not there
    content_forgotten,   ///< what a past state shows was deleted and forgotten since (gc)
};

inline std::error_code make_error_code(crdt_error e) noexcept {
    static constexpr error_entry rows[] = {
        {"unknown struct content", condition::unsupported},
        {"unknown shared type", condition::unsupported},
        {"empty struct", condition::malformed},
        {"reference to itself or to a later element", condition::malformed},
        {"clock out of range", condition::too_large},
        {"too many structs", condition::too_large},
        {"too many clients", condition::too_large},
        {"too many delete ranges", condition::too_large},
        {"unknown key number", condition::malformed},
        {"document too large", condition::too_large},
        {"elements of the past state are missing", condition::not_found},
        {"content of the past state was forgotten", condition::not_found},
    };
    static table_category const category{"unisono.crdt", rows};
    return {static_cast<int>(e), category};
}

} // namespace unisono::inline v0

template <>
struct std::is_error_code_enum<unisono::crdt_error> : std::true_type {};
