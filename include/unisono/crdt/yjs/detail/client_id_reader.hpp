#pragma once

#include <unisono/codec/detail/lib0_number.hpp>
#include <unisono/codec/lib0_integer.hpp>
#include <unisono/core/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace unisono::inline v0::yjs::detail {

/// Reads ids of clients. Most are the one before: an update names its author in every reference, and the next
/// update is mostly his as well. To see that takes one comparison; to decode the five bytes takes a dozen of
/// them.
class client_id_reader {
public:
    /// The id at `next`, of which `available` bytes are there; as read_lib0_number(), and no size for what no
    /// id may be.
    UNISONO_HOT unisono::detail::lib0_number read(std::byte const* next, std::size_t available) noexcept {
        if (available >= sizeof(word) && (word_at(next) & mask_) == bytes_)
            return {id_, size_};
        return decode(next, available);
    }

private:
    using word = std::uint64_t;

    static word word_at(std::byte const* next) noexcept {
        word bytes;
        std::memcpy(&bytes, next, sizeof bytes);
        return bytes;
    }

    UNISONO_COLD unisono::detail::lib0_number decode(std::byte const* next, std::size_t available) noexcept {
        auto const number = unisono::detail::read_lib0_number(next, available);
        if (number.value > lib0_max_integer)
            return {0, 0};
        if (available >= sizeof(word) && number.size > 0) {
            id_ = number.value;
            size_ = number.size;
            mask_ = 0;
            std::memset(&mask_, 0xff, size_);
            bytes_ = word_at(next) & mask_;
        }
        return number;
    }

    std::uint64_t id_ = 0;
    std::size_t size_ = 0;
    word bytes_ = 1; // of the id, as they stand in memory; what no mask of zero leaves: none was read yet
    word mask_ = 0;  // which bytes of a word are those of the id
};

} // namespace unisono::inline v0::yjs::detail
