#pragma once

#include <unisono/codec/detail/lib0_number.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_integer.hpp>
#include <unisono/core/bytes.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace unisono::inline v0 {

/// Reads the primitives of lib0, the encoding under Yjs and its protocols, from bytes somebody else owns.
///
/// Errors stick: the first failed read ends the input, every later read returns zero or nothing, and error()
/// tells the first cause. A decoder therefore reads straight through and asks once; loops over a declared
/// count must ask ok(), or take the count from var_count().
class lib0_reader {
public:
    explicit lib0_reader(bytes_view bytes) noexcept : next_(bytes.data()), end_(next_ + bytes.size()) {}

    bool ok() const noexcept { return category_ == nullptr; }
    std::error_code error() const noexcept {
        return ok() ? std::error_code{} : std::error_code{code_, *category_};
    }

    std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - next_); }

    /// What has not been read yet.
    bytes_view rest() const noexcept { return {next_, end_}; }

    /// What has been read since rest() returned `before`.
    bytes_view since(bytes_view before) const noexcept { return before.first(before.size() - remaining()); }

    /// Ends the input because of `error`, unless an earlier one did.
    void fail(std::error_code error) noexcept {
        if (ok() && error) {
            code_ = error.value();
            category_ = &error.category();
        }
        next_ = end_;
    }

    std::uint8_t u8() noexcept {
        if (next_ == end_) {
            fail(codec_error::truncated);
            return 0;
        }
        return std::to_integer<std::uint8_t>(*next_++);
    }

    /// At most lib0_max_integer. Padded forms are read, as lib0 does, up to the eight bytes the largest
    /// value takes.
    std::uint64_t var_uint() noexcept {
        if (next_ != end_ && (*next_ & std::byte{0x80}) == std::byte{0})
            return std::to_integer<std::uint64_t>(*next_++);
        auto const [value, size] = detail::read_lib0_number(next_, remaining());
        if (size == 0 || value > lib0_max_integer) {
            fail(remaining() < 8 ? codec_error::truncated : codec_error::number_overflow);
            return 0;
        }
        next_ += size;
        return value;
    }

    /// A number of elements that follow, each of at least `element_bytes` bytes: fails when so many cannot
    /// follow, so that a count may be trusted to size a loop.
    std::uint64_t var_count(std::size_t element_bytes = 1) noexcept {
        std::uint64_t const count = var_uint();
        if (count > remaining() / element_bytes) {
            fail(codec_error::truncated);
            return 0;
        }
        return count;
    }

    lib0_integer var_int() noexcept {
        std::uint8_t const first = u8();
        std::uint64_t const low = first & 0x3f;
        return {(first & 0x40) != 0, (first & 0x80) != 0 ? higher_groups(low) : low};
    }

    bytes_view bytes(std::uint64_t count) noexcept {
        if (count > remaining()) {
            fail(codec_error::truncated);
            return {};
        }
        bytes_view const result = rest().first(static_cast<std::size_t>(count));
        next_ += count;
        return result;
    }

    bytes_view var_bytes() noexcept { return bytes(var_uint()); }

    /// Text that is known to be valid UTF-8.
    std::string_view var_string() noexcept;

    float f32() noexcept { return std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(4))); }
    double f64() noexcept { return std::bit_cast<double>(big_endian(8)); }
    std::int64_t i64() noexcept { return static_cast<std::int64_t>(big_endian(8)); }

private:
    /// Adds what follows the six lowest bits of an integer.
    std::uint64_t higher_groups(std::uint64_t low) noexcept;

    std::uint64_t big_endian(std::size_t size) noexcept {
        std::uint64_t value = 0;
        for (std::byte b : bytes(size))
            value = value << 8 | std::to_integer<std::uint64_t>(b);
        return value;
    }

    std::byte const* next_;
    std::byte const* end_;
    int code_ = 0;
    std::error_category const* category_ = nullptr; // of the error; none: no error
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/lib0_reader.ipp>
#endif
