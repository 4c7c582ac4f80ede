#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <system_error>

namespace unisono::inline v0 {

/// What kind of trouble an error is, whichever folder reported it.
///
/// Every folder has an enum of its own for precise errors; each of its values equals one of these conditions,
/// so `if (ec == condition::too_large)` works across the library.
enum class condition {
    malformed = 1, ///< bytes that break a format or protocol
    too_large,     ///< a limit of size or count was passed
    unsupported,   ///< well formed, but not offered here
    denied,        ///< not allowed
    not_found,     ///< no such thing
    conflict,      ///< clashes with the present state
    closed,        ///< the other side, or this object, is gone
    timed_out,     ///< a deadline passed
    unavailable,   ///< a backend failed; trying later may help
};

std::error_code make_error_code(condition) = delete; // a condition is compared with, never returned
std::error_condition make_error_condition(condition c) noexcept;

/// The category of `condition`.
std::error_category const& condition_category() noexcept;

/// One row of a folder's error table: the message of value `index + 1` and the condition it stands for.
struct error_entry {
    char const* message;
    condition kind;
};

/// A category over a table of rows, so that a folder defines its errors as data.
class table_category final : public std::error_category {
public:
    constexpr table_category(char const* name, std::span<error_entry const> rows) noexcept
        : name_(name), rows_(rows) {}

    char const* name() const noexcept override { return name_; }
    std::string message(int value) const override {
        return known(value) ? rows_[static_cast<std::size_t>(value - 1)].message : "unknown error";
    }
    std::error_condition default_error_condition(int value) const noexcept override {
        return known(value) ? make_error_condition(rows_[static_cast<std::size_t>(value - 1)].kind)
                            : std::error_condition(value, *this);
    }

private:
    bool known(int value) const noexcept {
        return value > 0 && static_cast<std::size_t>(value) <= rows_.size();
    }

    char const* name_;
    std::span<error_entry const> rows_;
};

} // namespace unisono::inline v0

template <>
struct std::is_error_condition_enum<unisono::condition> : std::true_type {};

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/core/impl/error.ipp>
#endif
