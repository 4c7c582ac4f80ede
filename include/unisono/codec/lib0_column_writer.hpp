#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/codec/lib0_integer.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/bytes.hpp>

#include <cstdint>
#include <string_view>

/// Writers of the columns that lib0_column_reader.hpp explains. The bytes are those of lib0's encoders.
namespace unisono::inline v0 {

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
    void add(std::uint64_t value) {
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
        out.var_int(lib0_integer{count_ > 1, value_});
        if (count_ > 1)
            out.var_uint(count_ - 2);
    }

    detail::byte_sink column_;
    std::uint64_t value_ = 0;
    std::uint64_t count_ = 0;
};

/// Integers in runs of equal differences.
class lib0_int_diff_opt_rle_writer {
public:
    /// Precondition: `value < 2^52`, for twice the difference is written.
    void add(std::uint64_t value) {
        auto const difference = static_cast<std::int64_t>(value - value_);
        value_ = value;
        if (count_ > 0 && difference == difference_) {
            ++count_;
            return;
        }
        end_run();
        difference_ = difference;
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
        out.var_int(2 * difference_ + (count_ > 1 ? 1 : 0));
        if (count_ > 1)
            out.var_uint(count_ - 2);
    }

    detail::byte_sink column_;
    std::uint64_t value_ = 0;
    std::int64_t difference_ = 0;
    std::uint64_t count_ = 0;
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
