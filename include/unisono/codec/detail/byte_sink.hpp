#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

namespace unisono::inline v0::detail {

/// Bytes that grow one by one. What std::vector does for a single byte is a call, which a compiler does not
/// inline; where millions are written, that is most of the work.
class byte_sink {
public:
    void reserve(std::size_t capacity) {
        if (capacity > static_cast<std::size_t>(end_ - begin_.get()))
            grow_to(capacity);
    }

    UNISONO_HOT void push_back(std::byte value) {
        if (next_ == end_)
            grow_for(1);
        *next_++ = value;
    }

    /// Room for `count` bytes at the end; commit() takes what was written there.
    std::byte* prepare(std::size_t count) {
        if (static_cast<std::size_t>(end_ - next_) < count)
            grow_for(count);
        return next_;
    }
    void commit(std::byte* end) noexcept { next_ = end; }

    /// Forgets the bytes and keeps the room.
    void clear() noexcept { next_ = begin_.get(); }
    bool empty() const noexcept { return next_ == begin_.get(); }

    std::size_t size() const noexcept { return static_cast<std::size_t>(next_ - begin_.get()); }
    bytes_view view() const noexcept { return {begin_.get(), size()}; }

    friend void append(byte_sink& to, bytes_view bytes) {
        if (bytes.empty())
            return;
        std::memcpy(to.prepare(bytes.size()), bytes.data(), bytes.size());
        to.next_ += bytes.size();
    }

private:
    UNISONO_COLD void grow_for(std::size_t more) {
        grow_to(std::max({std::size_t{64}, 2 * size(), size() + more}));
    }

    void grow_to(std::size_t capacity) {
        std::size_t const used = size();
        auto grown = std::make_unique_for_overwrite<std::byte[]>(capacity);
        if (used > 0)
            std::memcpy(grown.get(), begin_.get(), used);
        begin_ = std::move(grown);
        next_ = begin_.get() + used;
        end_ = begin_.get() + capacity;
    }

    std::unique_ptr<std::byte[]> begin_;
    std::byte* next_ = nullptr;
    std::byte* end_ = nullptr;
};

} // namespace unisono::inline v0::detail
