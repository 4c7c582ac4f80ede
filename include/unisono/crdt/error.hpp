#pragma once

#include <unisono/core/error.hpp>

namespace unisono::inline v0 {

/// Why bytes are not a document update or a state, beyond what codec_error says.
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
    unknown_version,     ///< a state in a version of the format that is not spoken here
    not_canonical,       ///< a state that is not written in the one way there is
    unknown_replica,     ///< a number for a replica that the state does not name
    unseen_dot,          ///< a state that holds what it has not seen
    reused_dot,          ///< two changes under one name
    clock_skew,          ///< a timestamp further in the future than clocks may differ
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
        {"unknown version of the format", condition::unsupported},
        {"not the canonical encoding", condition::malformed},
        {"unknown replica number", condition::malformed},
        {"a change outside of the causal context", condition::malformed},
        {"two changes under one name", condition::conflict},
        {"timestamp too far in the future", condition::conflict},
    };
    static table_category const category{"unisono.crdt", rows};
    return {static_cast<int>(e), category};
}

} // namespace unisono::inline v0

template <>
struct std::is_error_code_enum<unisono::crdt_error> : std::true_type {};
