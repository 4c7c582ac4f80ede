#pragma once

#include <unisono/codec/detail/lib0_number.hpp>
#include <unisono/codec/lib0_integer.hpp>
#include <unisono/core/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace unisono::inline v0::yjs::detail {

/// Reads ids of clients. Most are one of the last two: an update names its author in every reference, perhaps
/// the author of what stands to the right, and the next update is mostly his as well. To see that takes a
/// comparison or two; to decode the five bytes takes a dozen of them.
class client_id_reader {
public:
    /// The id at `next`, of which `available` bytes are there; as read_lib0_number(), and no size for what no
    /// id may be.
    UNISONO_HOT unisono::detail::lib0_number read(std::byte const* next, std::size_t available) noexcept {
        return read(next, available, [](std::uint64_t id) { return id; });
    }

    /// As above, for what `name(id)` calls that client, always the same, and remembered in place of the id;
    /// `unknown` for a client without a name, which is not remembered and has no size.
    template <class Name>
    UNISONO_HOT unisono::detail::lib0_number read(std::byte const* next, std::size_t available,
                                                  Name&& name) noexcept {
        if (available >= sizeof(word)) {
            word const bytes = word_at(next);
            if ((bytes & last_.mask) == last_.bytes)
                return last_.number;
            if ((bytes & other_.mask) == other_.bytes)
                return other_.number;
        }
        return decode(next, available, name);
    }

    static constexpr std::uint64_t unknown = UINT64_MAX;

private:
    using word = std::uint64_t;

    struct known {
        unisono::detail::lib0_number number = {0, 0};
        word bytes = 1; ///< of the id, as they stand in memory; at first what no mask of zero leaves
        word mask = 0;  ///< which bytes of a word are those of the id
    };

    static word word_at(std::byte const* next) noexcept {
        word bytes;
        std::memcpy(&bytes, next, sizeof bytes);
        return bytes;
    }

    template <class Name>
    UNISONO_COLD unisono::detail::lib0_number decode(std::byte const* next, std::size_t available,
                                                     Name const& name) noexcept {
        auto number = unisono::detail::read_lib0_number(next, available);
        if (number.value > lib0_max_integer || number.size == 0)
            return {0, 0};
        number.value = name(number.value);
        if (number.value == unknown)
            return {0, 0};
        if (available >= sizeof(word)) {
            other_ = last_;
            last_.number = number;
            last_.mask = 0;
            std::memset(&last_.mask, 0xff, number.size);
            last_.bytes = word_at(next) & last_.mask;
        }
        return number;
    }

    known last_; // that had to be decoded
    known other_;
};

} // namespace unisono::inline v0::yjs::detail
