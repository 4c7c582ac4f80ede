#pragma once

#include <unisono/core/error.hpp>

namespace unisono::inline v0 {

/// Why a store did not do what it was asked.
enum class store_error {
    unavailable = 1, ///< somebody else holds the file, or memory ran out
    io,              ///< reading or writing failed
    full,            ///< no space is left; nothing was written, trying again after making space works
    corrupt,         ///< the file is damaged beyond single records
    newer_format,    ///< a later version of the library wrote the file
    foreign_file,    ///< the file belongs to another program
    closed,          ///< the store was closed before it was asked
    too_large,       ///< a record or name longer than a store can hold
    other_format,    ///< the document is kept in another engine's or another version's format
    outdated,        ///< a snapshot that includes less than the stored one does
    not_durable,     ///< this file system or this build of the backend cannot keep what it confirms
};

inline std::error_code make_error_code(store_error e) noexcept {
    static constexpr error_entry rows[] = {
        {"the store is busy", condition::unavailable},
        {"the store could not be read or written", condition::unavailable},
        {"no space left in the store", condition::unavailable},
        {"the store is damaged", condition::malformed},
        {"the store was written by a later version", condition::unsupported},
        {"the file is not a store", condition::unsupported},
        {"the store is closed", condition::closed},
        {"too large for the store", condition::too_large},
        {"the document is stored in another format", condition::conflict},
        {"the stored snapshot is newer", condition::conflict},
        {"what is stored here would not be durable", condition::unsupported},
    };
    static table_category const category{"unisono.store", rows};
    return {static_cast<int>(e), category};
}

} // namespace unisono::inline v0

template <>
struct std::is_error_code_enum<unisono::store_error> : std::true_type {};
