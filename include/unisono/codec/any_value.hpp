#pragma once

#include <unisono/core/bytes.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace unisono::inline v0 {

/// How deep arrays and objects may nest inside one "any" value. Part of the format as spoken here: a value
/// that was accepted once can be read everywhere, whatever else is configured.
inline constexpr std::size_t lib0_max_depth = 64;

class any_value;
struct any_member;

using any_array = std::vector<any_value>;

/// The members of an object, each key once, in JavaScript's order of keys: array indices ("0", "17")
/// ascending, then the others as they came. It decides about the bytes, so equal contents in another order
/// differ.
class any_object {
public:
    any_object() noexcept;

    /// Of a key that comes twice the place is that of the first, the value that of the last.
    explicit any_object(std::vector<any_member> members);
    any_object(std::initializer_list<any_member> members);

    any_object(any_object const&);
    any_object(any_object&&) noexcept;
    any_object& operator=(any_object const&);
    any_object& operator=(any_object&&) noexcept;
    ~any_object();

    /// Adds a member or replaces its value. Linear.
    void set(std::string key, any_value value);

    /// The value with that key, or null. Linear.
    any_value const* find(std::string_view key) const noexcept;

    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }

    /// Valid until the next change.
    std::span<any_member const> members() const noexcept;

    friend bool operator==(any_object const& a, any_object const& b);

private:
    std::vector<any_member> members_;
};

/// What a value is. The numbers have one kind, as in JavaScript.
enum class any_kind { undefined, null, boolean, number, bigint, string, bytes, array, object };

/// A value as Yjs documents and lib0's "any" carry it: JSON, and beyond it undefined, bigint and bytes.
///
/// A value type that owns everything in it. What is nested deeper than lib0_max_depth can be built, but not
/// written. Distinct values may be used from any thread.
class any_value {
public:
    /// undefined
    any_value() noexcept = default;

    any_value(std::nullptr_t) noexcept : value_(null{}) {}
    any_value(std::same_as<bool> auto value) noexcept : value_(value) {}

    /// Integers beyond +-2^53 are rounded, as JavaScript does; see bigint().
    template <class Number>
    requires(std::is_arithmetic_v<Number> && !std::same_as<Number, bool>) any_value(Number value)
    noexcept : value_(static_cast<double>(value)) {}

    /// Precondition of texts, keys included: valid UTF-8.
    any_value(std::string value) noexcept : value_(std::move(value)) {}
    any_value(std::string_view value) : value_(std::string{value}) {}
    any_value(char const* value) : value_(std::string{value}) {}

    any_value(byte_buffer value) noexcept : value_(std::move(value)) {}
    any_value(any_array value) noexcept : value_(std::move(value)) {}
    any_value(any_object value) noexcept : value_(std::move(value)) {}

    /// An integer that is no number: JavaScript's BigInt, within 64 bits.
    static any_value bigint(std::int64_t value) noexcept {
        any_value result;
        result.value_ = value;
        return result;
    }

    any_kind kind() const noexcept { return static_cast<any_kind>(value_.index()); }
    bool is_undefined() const noexcept { return kind() == any_kind::undefined; }
    bool is_null() const noexcept { return kind() == any_kind::null; }

    /// What the value is, and nothing when it is something else. Views and pointers live as long as the
    /// value.
    std::optional<bool> as_bool() const noexcept { return copy<bool>(); }
    std::optional<double> as_number() const noexcept { return copy<double>(); }
    std::optional<std::int64_t> as_bigint() const noexcept { return copy<std::int64_t>(); }
    std::optional<std::string_view> as_string() const noexcept {
        return copy<std::string, std::string_view>();
    }
    std::optional<bytes_view> as_bytes() const noexcept { return copy<byte_buffer, bytes_view>(); }
    any_array const* as_array() const noexcept { return std::get_if<any_array>(&value_); }
    any_object const* as_object() const noexcept { return std::get_if<any_object>(&value_); }

    /// Deep, with numbers compared as numbers: 0 equals -0, and NaN nothing.
    friend bool operator==(any_value const&, any_value const&) = default;

private:
    struct null {
        friend bool operator==(null, null) = default;
    };

    template <class Stored, class Shown = Stored>
    std::optional<Shown> copy() const noexcept {
        auto const* stored = std::get_if<Stored>(&value_);
        return stored != nullptr ? std::optional<Shown>{*stored} : std::nullopt;
    }

    // In the order of any_kind.
    std::variant<std::monostate, null, bool, double, std::int64_t, std::string, byte_buffer, any_array,
                 any_object>
        value_;
};

struct any_member {
    std::string key;
    any_value value;

    friend bool operator==(any_member const&, any_member const&) = default;
};

// Only now it is known what a member is.
inline any_object::any_object() noexcept = default;
inline any_object::any_object(any_object const&) = default;
inline any_object::any_object(any_object&&) noexcept = default;
inline any_object& any_object::operator=(any_object const&) = default;
inline any_object& any_object::operator=(any_object&&) noexcept = default;
inline any_object::~any_object() = default;
inline std::size_t any_object::size() const noexcept {
    return members_.size();
}
inline std::span<any_member const> any_object::members() const noexcept {
    return members_;
}
inline bool operator==(any_object const& a, any_object const& b) {
    return a.members_ == b.members_;
}

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/any_value.ipp>
#endif
