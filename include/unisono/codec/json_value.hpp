#pragma once

#include <unisono/codec/detail/json_tape.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace unisono::inline v0::json {

class element_range;
class member_range;

/// One value inside a json::document: two words, copied freely, valid as long as a copy of the document
/// lives.
///
/// A value may be absent (looked up but not there); an absent value has no type, and everything asked of it
/// answers empty, so lookups chain: `v["user"]["name"].as_string()`. Nothing here throws.
class value {
public:
    /// An absent value.
    value() noexcept = default;

    bool exists() const noexcept { return tape_ != nullptr; }
    bool is_null() const noexcept { return is(detail::json_kind::null); }
    bool is_bool() const noexcept { return is(detail::json_kind::boolean); }
    bool is_number() const noexcept { return is(detail::json_kind::number); }
    bool is_string() const noexcept { return is(detail::json_kind::string); }
    bool is_array() const noexcept { return is(detail::json_kind::array); }
    bool is_object() const noexcept { return is(detail::json_kind::object); }

    std::optional<bool> as_bool() const noexcept;

    /// The unescaped characters, valid UTF-8; may hold NUL.
    std::optional<std::string_view> as_string() const noexcept;

    /// An integer literal within +-(2^53-1), where every JSON implementation agrees (RFC 8259, 6). Nothing
    /// for other numbers, also for `1.0` and `1e3`.
    std::optional<std::int64_t> as_int64() const noexcept;

    /// The nearest double; nothing for a number beyond the range of double.
    std::optional<double> as_double() const noexcept;

    /// Elements of an array or members of an object; 0 for everything else.
    std::size_t size() const noexcept { return is_array() || is_object() ? node().count : 0; }

    /// The member with that (unescaped) key; absent when there is none or this is no object. Linear.
    value operator[](std::string_view key) const noexcept { return find(key); }
    value find(std::string_view key) const noexcept;

    /// The element with that index; absent when there is none or this is no array. Linear.
    value operator[](std::size_t index) const noexcept;

    /// The elements of an array; empty for everything else.
    element_range elements() const noexcept;

    /// The members of an object as {key, value}, in the order of the text; empty for everything else.
    member_range members() const noexcept;

    /// The value's text exactly as it came in, without surrounding whitespace; empty when absent. This is how
    /// application data is passed on: byte for byte, never encoded anew.
    std::string_view raw() const noexcept { return exists() ? tape_->raw(node()) : std::string_view{}; }

private:
    friend class document;
    friend class element_range;
    friend class member_range;

    value(detail::json_tape const& tape, std::uint32_t index) noexcept : tape_(&tape), index_(index) {}

    bool is(detail::json_kind kind) const noexcept { return exists() && node().kind == kind; }
    detail::json_node const& node() const noexcept { return tape_->nodes[index_]; }

    detail::json_tape const* tape_ = nullptr;
    std::uint32_t index_ = 0;
};

struct member {
    std::string_view key; ///< unescaped
    json::value value;
};

/// The elements of an array, for range-for.
class element_range {
public:
    class iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using iterator_concept = std::forward_iterator_tag;
        using value_type = json::value;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = json::value;

        iterator() noexcept = default;
        json::value operator*() const noexcept { return {*tape_, index_}; }
        iterator& operator++() noexcept {
            index_ = tape_->nodes[index_].next;
            return *this;
        }
        iterator operator++(int) noexcept {
            iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(iterator const&) const noexcept = default;

    private:
        friend class element_range;
        iterator(detail::json_tape const* tape, std::uint32_t index) noexcept : tape_(tape), index_(index) {}

        detail::json_tape const* tape_ = nullptr;
        std::uint32_t index_ = 0;
    };

    iterator begin() const noexcept { return {tape_, begin_}; }
    iterator end() const noexcept { return {tape_, end_}; }

private:
    friend class value;
    element_range() noexcept = default;
    element_range(detail::json_tape const* tape, std::uint32_t begin, std::uint32_t end) noexcept
        : tape_(tape), begin_(begin), end_(end) {}

    detail::json_tape const* tape_ = nullptr;
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
};

/// The members of an object, for range-for: `for (auto [key, value] : v.members())`.
class member_range {
public:
    class iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using iterator_concept = std::forward_iterator_tag;
        using value_type = member;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = member;

        iterator() noexcept = default;
        member operator*() const noexcept {
            return {tape_->text(tape_->nodes[index_]), json::value{*tape_, index_ + 1}};
        }
        iterator& operator++() noexcept {
            index_ = tape_->nodes[index_ + 1].next;
            return *this;
        }
        iterator operator++(int) noexcept {
            iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(iterator const&) const noexcept = default;

    private:
        friend class member_range;
        iterator(detail::json_tape const* tape, std::uint32_t index) noexcept : tape_(tape), index_(index) {}

        detail::json_tape const* tape_ = nullptr;
        std::uint32_t index_ = 0;
    };

    iterator begin() const noexcept { return {tape_, begin_}; }
    iterator end() const noexcept { return {tape_, end_}; }

private:
    friend class value;
    member_range() noexcept = default;
    member_range(detail::json_tape const* tape, std::uint32_t begin, std::uint32_t end) noexcept
        : tape_(tape), begin_(begin), end_(end) {}

    detail::json_tape const* tape_ = nullptr;
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
};

inline element_range value::elements() const noexcept {
    return is_array() ? element_range{tape_, index_ + 1, node().next} : element_range{};
}

inline member_range value::members() const noexcept {
    return is_object() ? member_range{tape_, index_ + 1, node().next} : member_range{};
}

} // namespace unisono::inline v0::json

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/json_value.ipp>
#endif
