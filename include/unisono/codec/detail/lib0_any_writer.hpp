#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/codec/detail/any_walk.hpp>
#include <unisono/codec/lib0_writer.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace unisono::inline v0::detail {

/// Writes the events of a value as lib0 does.
template <class Buffer>
class lib0_any_writer {
public:
    explicit lib0_any_writer(Buffer& out) noexcept : out_(out) {}

    void undefined() { out_.u8(127); }
    void null() { out_.u8(126); }
    void boolean(bool value) { out_.u8(value ? 120 : 121); }
    void number(double value) {
        if (is_integer(value)) {
            out_.u8(125);
            out_.var_int(lib0_integer{std::signbit(value), static_cast<std::uint64_t>(std::abs(value))});
        } else if (std::isinf(value) || is_float(value)) {
            out_.u8(124);
            out_.f32(static_cast<float>(value));
        } else {
            out_.u8(123);
            // Which NaN it is says nothing, but would make other bytes.
            out_.f64(std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value);
        }
    }
    void bigint(std::int64_t value) {
        out_.u8(122);
        out_.i64(value);
    }
    void string(std::string_view value) {
        out_.u8(119);
        out_.var_string(value);
    }
    void bytes(bytes_view value) {
        out_.u8(116);
        out_.var_bytes(value);
    }
    void open_array(std::uint64_t elements) {
        out_.u8(117);
        out_.var_uint(elements);
    }
    void open_object(std::uint64_t members) {
        out_.u8(118);
        out_.var_uint(members);
    }
    void key(std::string_view key) { out_.var_string(key); }
    void close() noexcept {}

private:
    /// Of at most 31 bits and a sign.
    static bool is_integer(double value) noexcept {
        return std::abs(value) <= std::numeric_limits<std::int32_t>::max() &&
               static_cast<double>(static_cast<std::int32_t>(value)) == value; // trunc() is a call
    }
    /// A finite number beyond float's range must not be converted: that is undefined.
    static bool is_float(double value) noexcept {
        return std::abs(value) <= std::numeric_limits<float>::max() &&
               static_cast<double>(static_cast<float>(value)) == value;
    }

    basic_lib0_writer<Buffer> out_;
};

/// Appends `value`. Throws std::length_error, after a part of it, when it is nested deeper than
/// lib0_max_depth.
template <class Buffer>
void append_any(Buffer& out, any_value const& value) {
    lib0_any_writer writer{out};
    if (!walk_any(value, writer))
        throw std::length_error("a value nested deeper than lib0_max_depth cannot be written");
}

} // namespace unisono::inline v0::detail
