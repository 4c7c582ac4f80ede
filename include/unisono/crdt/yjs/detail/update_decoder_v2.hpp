#pragma once

#include <unisono/codec/lib0_column_reader.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/error.hpp>

#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// The columns of a V2 update, each read by what it is for (UpdateDecoderV2 of Yjs).
///
/// Every error, whichever column it comes from, is left in rest().
class update_decoder_v2 {
public:
    explicit update_decoder_v2(bytes_view update) noexcept : rest_(update) {}
    update_decoder_v2(update_decoder_v2 const&) = delete;
    update_decoder_v2& operator=(update_decoder_v2 const&) = delete;

    /// What has no column: counts, first clocks, lengths of skips, values, and the delete set at the end.
    lib0_reader& rest() noexcept { return rest_; }

    std::uint8_t info() noexcept { return infos_.next(); }
    std::uint64_t client() noexcept { return clients_.next(); }
    std::uint64_t left_clock() noexcept { return left_clocks_.next(); }
    std::uint64_t right_clock() noexcept { return right_clocks_.next(); }
    std::uint8_t parent_info() noexcept { return parent_infos_.next(); }
    std::uint64_t type_ref() noexcept { return type_refs_.next(); }
    std::uint64_t length() noexcept { return lengths_.next(); }
    utf16_piece string() noexcept { return strings_.next(); }

    /// A text that may repeat: the names of attributes and elements. Encoders repeat the text, too, but
    /// readers know the keys by their number.
    utf16_piece key() {
        std::uint64_t const number = key_clocks_.next();
        if (number < keys_.size())
            return keys_[static_cast<std::size_t>(number)];
        if (number > keys_.size())
            rest_.fail(crdt_error::unknown_key);
        return keys_.emplace_back(string());
    }

private:
    // In the order of the update.
    lib0_reader rest_;
    std::uint64_t features_ = rest_.var_uint(); // Yjs writes 0 and reads anything
    lib0_int_diff_opt_rle_reader key_clocks_{rest_.var_bytes(), rest_};
    lib0_uint_opt_rle_reader clients_{rest_.var_bytes(), rest_};
    lib0_int_diff_opt_rle_reader left_clocks_{rest_.var_bytes(), rest_};
    lib0_int_diff_opt_rle_reader right_clocks_{rest_.var_bytes(), rest_};
    lib0_rle_reader infos_{rest_.var_bytes(), rest_};
    lib0_string_column_reader strings_{rest_.var_bytes(), rest_};
    lib0_rle_reader parent_infos_{rest_.var_bytes(), rest_};
    lib0_uint_opt_rle_reader type_refs_{rest_.var_bytes(), rest_};
    lib0_uint_opt_rle_reader lengths_{rest_.var_bytes(), rest_};
    std::vector<utf16_piece> keys_;
};

} // namespace unisono::inline v0::yjs::detail
