#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace unisono::inline v0::yjs::detail {

/// Reads ids of clients. Most are the one before: an update names its author in every reference, and the next
/// update is mostly his as well. To see that takes one comparison; to decode the five bytes takes a dozen of
/// them.
class client_id_reader {
public:
    /// Errors: those of lib0_reader::var_uint.
    std::uint64_t read(lib0_reader& in) noexcept {
        if (in.remaining() >= sizeof(word) && (word_of(in) & mask_) == bytes_) {
            in.bytes(size_);
            return id_;
        }
        return decode(in);
    }

private:
    using word = std::uint64_t;

    static word word_of(lib0_reader const& in) noexcept {
        word bytes;
        std::memcpy(&bytes, in.rest().data(), sizeof bytes);
        return bytes;
    }

    std::uint64_t decode(lib0_reader& in) noexcept {
        if (in.remaining() < sizeof(word))
            return in.var_uint();
        word const bytes = word_of(in);
        std::size_t const before = in.remaining();
        std::uint64_t const id = in.var_uint();
        if (in.ok()) {
            id_ = id;
            size_ = before - in.remaining();
            mask_ = 0;
            std::memset(&mask_, 0xff, size_);
            bytes_ = bytes & mask_;
        }
        return id;
    }

    std::uint64_t id_ = 0;
    std::size_t size_ = 0;
    word bytes_ = 1; // of the id, as they stand in memory; what no mask of zero leaves: none was read yet
    word mask_ = 0;  // which bytes of a word are those of the id
};

} // namespace unisono::inline v0::yjs::detail
