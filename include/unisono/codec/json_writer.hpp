#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace unisono::inline v0::json {

/// Appends one JSON text to a string the caller owns, on a single line and always valid UTF-8.
///
///     std::string text;
///     json::writer w{text};
///     w.object([&] {
///         w.member("type", "publication");
///         w.key("data").raw(data);
///         w.key("tags").array([&] { w.string("a").string("b"); });
///     });
///
/// Commas and brackets cannot be forgotten; that keys stand in objects, each once and each before its value,
/// is the caller's care.
class writer {
public:
    explicit writer(std::string& out) noexcept : out_(out) {}

    /// `fill()` writes the members.
    template <std::invocable Fill>
    writer& object(Fill&& fill) {
        return nested('{', std::forward<Fill>(fill), '}');
    }
    /// `fill()` writes the elements.
    template <std::invocable Fill>
    writer& array(Fill&& fill) {
        return nested('[', std::forward<Fill>(fill), ']');
    }

    /// The key of the value that is written next.
    writer& key(std::string_view name);

    /// Bytes that are not UTF-8 become U+FFFD.
    writer& string(std::string_view text);
    writer& int64(std::int64_t number);
    writer& uint64(std::uint64_t number);
    /// The shortest digits that read back as the same double; null for NaN and infinity, which JSON lacks.
    writer& real(double number);
    writer& boolean(bool b);
    writer& null();

    /// A value that is JSON already, such as json::value::raw(). Line breaks in it, which can only stand
    /// between tokens, become spaces. Precondition: valid JSON.
    writer& raw(std::string_view json);

    /// The value in the form its type suggests.
    template <class T>
    writer& value(T const& v) {
        if constexpr (std::same_as<T, bool>)
            return boolean(v);
        else if constexpr (std::signed_integral<T>)
            return int64(v);
        else if constexpr (std::unsigned_integral<T>)
            return uint64(v);
        else if constexpr (std::floating_point<T>)
            return real(v);
        else if constexpr (std::same_as<T, std::nullptr_t>)
            return null();
        else
            return string(v);
    }

    /// key(name) and value(v).
    template <class T>
    writer& member(std::string_view name, T const& v) {
        return key(name).value(v);
    }

private:
    template <class Fill>
    writer& nested(char opening, Fill&& fill, char closing) {
        separate();
        out_ += opening;
        after_value_ = false;
        std::forward<Fill>(fill)();
        out_ += closing;
        after_value_ = true;
        return *this;
    }

    /// Writes the comma before a value, where one is due.
    void separate();
    writer& token(std::string_view text);

    std::string& out_;
    bool after_value_ = false;
};

} // namespace unisono::inline v0::json

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/json_writer.ipp>
#endif
