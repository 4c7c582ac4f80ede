#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// One field line of HTTP (RFC 9110, 5), as views of the headers it is in or of what it is made from.
struct http_field {
    std::string_view name;
    std::string_view value;
};

/// The fields of a message, in order. Names are compared without regard to case.
///
/// Every field in here is well formed: a line break, a NUL or another control character in a value, or a name
/// that is not a token, is refused with std::invalid_argument. So a response cannot be split by what a
/// program puts into it.
///
/// All text is in one piece of memory. Views of it are valid until the headers change or go.
class http_headers {
    struct entry {
        std::size_t begin; ///< of the name in the text; the value is next to it
        std::size_t name_size;
        std::size_t value_size;
    };

public:
    /// Forward, over http_field values.
    class const_iterator {
    public:
        using value_type = http_field;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;
        using reference = http_field;
        using pointer = void;

        http_field operator*() const noexcept { return headers_->field(*at_); }
        const_iterator& operator++() noexcept {
            ++at_;
            return *this;
        }
        const_iterator operator++(int) noexcept { return {headers_, at_++}; }
        bool operator==(const_iterator const& other) const noexcept { return at_ == other.at_; }

    private:
        friend class http_headers;
        const_iterator(http_headers const* headers, entry const* at) noexcept : headers_(headers), at_(at) {}

        http_headers const* headers_;
        entry const* at_;
    };

    http_headers() = default;
    /// Throws std::invalid_argument.
    http_headers(std::initializer_list<http_field> fields);

    /// The first value of `name`; empty when there is none.
    std::string_view get(std::string_view name) const noexcept;
    bool contains(std::string_view name) const noexcept;
    std::size_t count(std::string_view name) const noexcept;
    /// The value of `name` when there is exactly one field of that name.
    std::optional<std::string_view> sole(std::string_view name) const noexcept;

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

    const_iterator begin() const noexcept { return {this, entries_.data()}; }
    const_iterator end() const noexcept { return {this, entries_.data() + entries_.size()}; }
    std::size_t size() const noexcept { return entries_.size(); }
    bool empty() const noexcept { return entries_.empty(); }

private:
    template <class Visitor>
    bool any_of(std::string_view name, Visitor&& visit) const;
    http_field field(entry const& e) const noexcept {
        char const* const name = text_.data() + e.begin;
        return {{name, e.name_size}, {name + e.name_size, e.value_size}};
    }

    std::string text_;
    std::vector<entry> entries_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/http_headers.ipp>
#endif
