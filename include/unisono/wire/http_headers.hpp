#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// One field line of HTTP (RFC 9110, 5).
struct http_field {
    std::string name;
    std::string value;
};

/// The fields of a message, in order. Names are compared without regard to case.
///
/// Every field in here is well formed: a line break, a NUL or another control character in a value, or a name
/// that is not a token, is refused with std::invalid_argument. So a response cannot be split by what a
/// program puts into it.
class http_headers {
public:
    http_headers() = default;
    /// Throws std::invalid_argument.
    http_headers(std::initializer_list<http_field> fields);

    /// The first value of `name`; empty when there is none.
    std::string_view get(std::string_view name) const noexcept;
    bool contains(std::string_view name) const noexcept { return count(name) != 0; }
    std::size_t count(std::string_view name) const noexcept;

    /// The values of all fields of that name, joined by commas (RFC 9110, 5.3).
    std::string combined(std::string_view name) const;

    /// Does `token` stand in a comma-separated list of `name`, in any of its fields? Ignores case.
    bool has_token(std::string_view name, std::string_view token) const noexcept;

    /// Adds a field behind those that exist, if it is well formed: for what comes from outside. Did it?
    bool try_add(std::string_view name, std::string_view value);
    /// Adds a field behind those that exist. Throws std::invalid_argument.
    void add(std::string_view name, std::string_view value);
    /// Replaces every field of that name by one. Throws std::invalid_argument.
    void set(std::string_view name, std::string_view value);
    void remove(std::string_view name);
    /// Adds the fields of `others` whose names are not in here, with all their values.
    void add_missing(http_headers const& others);

    auto begin() const noexcept { return fields_.begin(); }
    auto end() const noexcept { return fields_.end(); }
    std::size_t size() const noexcept { return fields_.size(); }
    bool empty() const noexcept { return fields_.empty(); }

private:
    std::vector<http_field> fields_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/http_headers.ipp>
#endif
