#pragma once

#include <unisono/codec/detail/lib0_number.hpp>
#include <unisono/codec/lib0_integer.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unisono::inline v0 {

/// Appends the primitives of lib0 to a buffer somebody else owns. Numbers take their shortest form.
template <class Buffer>
class basic_lib0_writer {
public:
    explicit basic_lib0_writer(Buffer& out) noexcept : out_(&out) {}

    UNISONO_HOT void u8(std::uint8_t value) { out_->push_back(std::byte{value}); }

    /// Precondition: `value <= lib0_max_integer`.
    void var_uint(std::uint64_t value) {
        if constexpr (requires { out_->prepare(8); }) {
            std::byte* next = out_->prepare(8); // the largest takes eight
            out_->commit(next + detail::write_lib0_number(next, value));
            return;
        }
        for (; value >= 0x80; value >>= 7)
            u8(static_cast<std::uint8_t>(value | 0x80));
        u8(static_cast<std::uint8_t>(value));
    }

    /// Precondition: `value.magnitude <= lib0_max_integer`.
    void var_int(lib0_integer value) {
        auto const first = static_cast<std::uint8_t>((value.negative ? 0x40 : 0) | (value.magnitude & 0x3f));
        std::uint64_t const more = value.magnitude >> 6;
        if constexpr (requires { out_->prepare(9); }) {
            std::byte* next = out_->prepare(9);
            *next++ = std::byte{more != 0 ? static_cast<std::uint8_t>(first | 0x80) : first};
            out_->commit(more != 0 ? next + detail::write_lib0_number(next, more) : next);
            return;
        }
        u8(more != 0 ? first | 0x80 : first);
        if (more != 0)
            var_uint(more);
    }
    void var_int(std::int64_t value) {
        var_int(lib0_integer{value < 0, static_cast<std::uint64_t>(value < 0 ? -value : value)});
    }

    void bytes(bytes_view value) { append(*out_, value); }

    void var_bytes(bytes_view value) {
        var_uint(value.size());
        bytes(value);
    }

    /// Precondition: `value` is valid UTF-8.
    void var_string(std::string_view value) { var_bytes(as_bytes(value)); }

    void f32(float value) { big_endian(std::bit_cast<std::uint32_t>(value), 4); }
    void f64(double value) { big_endian(std::bit_cast<std::uint64_t>(value), 8); }
    void i64(std::int64_t value) { big_endian(static_cast<std::uint64_t>(value), 8); }

private:
    void big_endian(std::uint64_t value, int size) {
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
            u8(static_cast<std::uint8_t>(value >> shift));
    }

    Buffer* out_;
};

using lib0_writer = basic_lib0_writer<byte_buffer>;

} // namespace unisono::inline v0
