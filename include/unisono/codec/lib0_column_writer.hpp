#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/codec/lib0_integer.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/bytes.hpp>

#include <cstdint>
#include <string_view>

/// Writers of the columns that lib0_column_reader.hpp explains. The bytes are those of lib0's encoders.
namespace unisono::inline v0 {

namespace detail {

/// Numbers in runs of equal ones. A run is `number(value, several)`, which says whether there are more than
/// one of it, and then how many there are beyond two.
template <class Value, auto number>
class opt_run_writer {
public:
    void add(Value value) {
        if (count_ > 0 && value == value_) {
            ++count_;
            return;
        }
        end_run();
        value_ = value;
        count_ = 1;
    }

    /// The column; nothing may be added any more.
    bytes_view finish() {
        end_run();
        count_ = 0;
        return column_.view();
    }

private:
    void end_run() {
        if (count_ == 0)
            return;
        basic_lib0_writer out{column_};
        out.var_int(number(value_, count_ > 1));
        if (count_ > 1)
            out.var_uint(count_ - 2);
    }

    byte_sink column_;
    Value value_ = 0;
    std::uint64_t count_ = 0;
};

/// The sign says so, also that of zero.
inline lib0_integer signed_if_several(std::uint64_t value, bool several) noexcept {
    return {several, value};
}

/// The lowest bit says so.
inline std::int64_t odd_if_several(std::int64_t value, bool several) noexcept {
    return 2 * value + (several ? 1 : 0);
}

} // namespace detail

/// Bytes in runs of equal ones.
class lib0_rle_writer {
public:
    void add(std::uint8_t value) {
        if (count_ > 0 && value == value_) {
            ++count_;
            return;
        }
        basic_lib0_writer out{column_};
        if (count_ > 0)
            out.var_uint(count_ - 1);
        out.u8(value);
        value_ = value;
        count_ = 1;
    }

    /// The column. The last run goes on for ever, so there is nothing left to write.
    bytes_view finish() const noexcept { return column_.view(); }

private:
    detail::byte_sink column_;
    std::uint64_t count_ = 0;
    std::uint8_t value_ = 0;
};

/// Unsigned integers in runs of equal ones.
class lib0_uint_opt_rle_writer {
public:
    /// Precondition: `value <= lib0_max_integer`.
    void add(std::uint64_t value) { runs_.add(value); }

    /// The column; nothing may be added any more.
    bytes_view finish() { return runs_.finish(); }

private:
    detail::opt_run_writer<std::uint64_t, detail::signed_if_several> runs_;
};

/// Integers in runs of equal differences.
class lib0_int_diff_opt_rle_writer {
public:
    /// Precondition: `value < 2^52`, for twice the difference is written.
    void add(std::uint64_t value) {
        differences_.add(static_cast<std::int64_t>(value - value_));
        value_ = value;
    }

    /// The column; nothing may be added any more.
    bytes_view finish() { return differences_.finish(); }

private:
    detail::opt_run_writer<std::int64_t, detail::odd_if_several> differences_;
    std::uint64_t value_ = 0;
};

/// Texts.
class lib0_string_column_writer {
public:
    /// Makes room for texts of so many bytes together.
    void reserve(std::size_t bytes) { text_.reserve(bytes); }

    /// `units`: the length of the text in UTF-16 code units. Precondition: valid UTF-8.
    void add(std::string_view text, std::uint64_t units) {
        append(text_, as_bytes(text));
        lengths_.add(units);
    }

    /// Appends the column to `out`; nothing may be added any more.
    void finish_to(byte_buffer& out) {
        lib0_writer{out}.var_bytes(text_.view());
        append(out, lengths_.finish());
    }

private:
    detail::byte_sink text_;
    lib0_uint_opt_rle_writer lengths_;
};

} // namespace unisono::inline v0
