#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

/// Columns: values of one kind, written one after the other and compressed by run length (lib0's RleDecoder,
/// UintOptRleDecoder, IntDiffOptRleDecoder and StringDecoder).
///
/// A few bytes of a column may stand for any number of values, so whoever reads one bounds how many. A column
/// belongs to a message: a failed read gives 0 or nothing, and its error ends the message's reader, which
/// outlives the column.
namespace unisono::inline v0 {

namespace detail {

/// Walks along a column, value after value, run after run.
class lib0_runs {
public:
    lib0_runs(bytes_view column, lib0_reader& message) noexcept : in_(column), message_(&message) {}

    /// Goes on to the next value. Where a run ends, `begin(in)` reads the head of the next one and returns
    /// how many values it has, at least one.
    template <class Begin>
    void step(Begin&& begin) noexcept {
        if (left_ == 0) {
            left_ = begin(in_);
            if (!in_.ok())
                message_->fail(in_.error());
        }
        --left_;
    }

private:
    lib0_reader in_;
    lib0_reader* message_;
    std::uint64_t left_ = 0; // of the run
};

} // namespace detail

/// Bytes in runs of equal ones. The last run has no end, so a column that is not empty never does.
class lib0_rle_reader {
public:
    lib0_rle_reader(bytes_view column, lib0_reader& message) noexcept : runs_(column, message) {}

    std::uint8_t next() noexcept {
        runs_.step([this](lib0_reader& in) {
            value_ = in.u8();
            return in.remaining() > 0 ? in.var_uint() + 1 : std::numeric_limits<std::uint64_t>::max();
        });
        return value_;
    }

private:
    detail::lib0_runs runs_;
    std::uint8_t value_ = 0;
};

/// Unsigned integers in runs of equal ones.
class lib0_uint_opt_rle_reader {
public:
    lib0_uint_opt_rle_reader(bytes_view column, lib0_reader& message) noexcept : runs_(column, message) {}

    /// At most lib0_max_integer.
    std::uint64_t next() noexcept {
        runs_.step([this](lib0_reader& in) {
            auto const [several, value] = in.var_int(); // the sign says so, also that of zero
            value_ = value;
            return several ? in.var_uint() + 2 : 1;
        });
        return value_;
    }

private:
    detail::lib0_runs runs_;
    std::uint64_t value_ = 0;
};

/// Integers in runs of equal differences.
class lib0_int_diff_opt_rle_reader {
public:
    lib0_int_diff_opt_rle_reader(bytes_view column, lib0_reader& message) noexcept : runs_(column, message) {}

    /// A negative number comes as one above 2^63, for nothing that is stored this way can be negative.
    std::uint64_t next() noexcept {
        runs_.step([this](lib0_reader& in) {
            std::int64_t const run =
                in.var_int().value(); // twice the difference, plus one if there are several
            difference_ = static_cast<std::uint64_t>(run >> 1);
            return (run & 1) != 0 ? in.var_uint() + 2 : 1;
        });
        return value_ += difference_;
    }

private:
    detail::lib0_runs runs_;
    std::uint64_t value_ = 0;
    std::uint64_t difference_ = 0;
};

/// A piece of a text that was cut by UTF-16 code units. Where a cut falls inside a surrogate pair, either
/// side keeps half a character; UTF-8 has no room for it, so it is U+FFFD there.
struct utf16_piece {
    std::string_view whole;  ///< the characters of which nothing was cut off
    std::uint64_t units = 0; ///< the length of all of it
    bool half_before = false;
    bool half_after = false;
};

/// Texts: all of them as one, and their lengths in UTF-16 code units.
class lib0_string_column_reader {
public:
    lib0_string_column_reader(bytes_view column, lib0_reader& message) noexcept
        : lengths_({}, message), message_(&message) {
        lib0_reader in{column};
        text_ = in.var_string();
        units_ = utf16_length(text_);
        ascii_ = units_ == text_.size();
        lengths_ = {in.rest(), message};
        if (!in.ok())
            message.fail(in.error());
    }

    utf16_piece next() noexcept {
        std::uint64_t const units = lengths_.next();
        if (units > units_) {
            message_->fail(codec_error::truncated);
            return {};
        }
        units_ -= units;
        return ascii_ ? utf16_piece{take(units), units} : cut(units);
    }

private:
    std::string_view take(std::uint64_t bytes) noexcept {
        std::string_view const taken = text_.substr(0, static_cast<std::size_t>(bytes));
        text_.remove_prefix(taken.size());
        return taken;
    }

    utf16_piece cut(std::uint64_t units) noexcept {
        utf16_piece piece{{}, units};
        if (inside_a_pair_ && units > 0) {
            piece.half_before = true;
            inside_a_pair_ = false;
            --units;
        }
        auto const [bytes, inside] = find_utf16(text_, static_cast<std::size_t>(units));
        piece.whole = take(bytes);
        if (inside) {
            piece.half_after = inside_a_pair_ = true;
            take(4);
        }
        return piece;
    }

    std::string_view text_; // what is left of it
    lib0_uint_opt_rle_reader lengths_;
    lib0_reader* message_;
    std::uint64_t units_ = 0; // code units left
    bool ascii_ = false;
    bool inside_a_pair_ = false; // its first half was taken
};

} // namespace unisono::inline v0
