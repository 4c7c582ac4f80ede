#pragma once

#include <unisono/codec/json_value.hpp>
#include <unisono/hub/position.hpp>
#include <unisono/protocol/native/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// Reads the fields of one object and remembers the first that is wrong, so that the client is told which.
/// A field that is null counts as absent: that is how many languages write an optional that is not set.
class native_fields {
public:
    /// `prefix` ("payload.") stands before names in problem().
    native_fields(json::value object, std::string_view prefix);

    bool boolean(std::string_view key, bool otherwise);
    std::optional<std::uint64_t> integer(std::string_view key, std::uint64_t least = 0);
    /// Empty when absent.
    std::string_view string(std::string_view key, std::size_t longest);
    std::optional<position> at(std::string_view key);
    json::value get(std::string_view key) const;
    /// A field whose value is the application's: null is a value.
    json::value raw(std::string_view key) const { return object_[key]; }

    void refuse(std::string_view key, std::string_view why, native_error error = native_error::bad_request);

    bool ok() const noexcept { return !error_; }
    native_error error() const noexcept { return *error_; } ///< precondition: !ok()
    std::string const& problem() const noexcept { return problem_; }

private:
    json::value object_;
    std::string_view prefix_;
    std::optional<native_error> error_;
    std::string problem_;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/detail/impl/fields.ipp>
#endif
