#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>

#include <atomic>
#include <cstddef>
#include <cstring>
#include <functional>
#include <new>
#include <string_view>
#include <utility>

namespace unisono::inline v0 {

namespace detail {
class payload_stock;
}

/// Immutable bytes shared by reference: one allocation holds the count and the bytes.
///
/// A broadcast encodes once and every subscriber's queue holds one of these. Copying costs one atomic
/// increment. Thread safety: distinct objects may be used from any thread, also when they share bytes.
class payload {
public:
    payload() noexcept = default;

    /// Copies `bytes`.
    explicit payload(bytes_view bytes)
        : payload(build(bytes.size(), [&](mutable_bytes out) {
              if (!bytes.empty())
                  std::memcpy(out.data(), bytes.data(), bytes.size());
          })) {}

    explicit payload(std::string_view text) : payload(as_bytes(text)) {}

    /// Allocates `size` bytes and lets `fill(mutable_bytes)` write all of them: encodes in place, no second
    /// copy.
    template <class Fill>
    static payload build(std::size_t size, Fill&& fill) {
        return size == 0 ? payload{} : build_with_room(size, size, std::forward<Fill>(fill));
    }

    /// The same with memory for `room` bytes in all, for extend(). Preconditions: `room > 0`, `size <= room`.
    template <class Fill>
    static payload build_with_room(std::size_t room, std::size_t size, Fill&& fill) {
        payload result;
        void* memory = ::operator new(sizeof(block) + room);
        result.block_ = new (memory) block{{1}, size};
        std::invoke(std::forward<Fill>(fill), mutable_bytes{result.block_->bytes(), size});
        return result;
    }

    /// Makes these bytes `size` longer and returns the place of the new ones, which the caller writes before
    /// anybody looks. Preconditions: they are not shared, and were built with room for it.
    std::byte* extend(std::size_t size) noexcept {
        std::byte* const end = block_->bytes() + block_->size;
        block_->size += size;
        return end;
    }

    payload(payload const& other) noexcept : block_(other.block_) {
        if (block_)
            block_->references.fetch_add(1, std::memory_order_relaxed);
    }
    payload(payload&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    payload& operator=(payload other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~payload() {
        if (block_)
            release();
    }

    void swap(payload& other) noexcept { std::swap(block_, other.block_); }

    /// Lets go of the bytes.
    void reset() noexcept {
        if (block_) {
            release();
            block_ = nullptr;
        }
    }

    /// Do both refer to the same bytes, rather than to equal ones?
    bool is_same(payload const& other) const noexcept { return block_ == other.block_; }

    bytes_view view() const noexcept { return {data(), size()}; }
    std::string_view text() const noexcept { return as_text(view()); }
    std::byte const* data() const noexcept { return block_ ? block_->bytes() : nullptr; }
    std::size_t size() const noexcept { return block_ ? block_->size : 0; }
    bool empty() const noexcept { return size() == 0; }

private:
    friend detail::payload_stock;

    struct block {
        std::atomic<std::size_t> references;
        std::size_t size;
        std::byte* bytes() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
    };

    /// Takes over a reference that is counted already.
    explicit payload(block* counted) noexcept : block_(counted) {}

    /// Beside the one of this payload, which stays.
    void add_references(std::size_t count) noexcept {
        block_->references.fetch_add(count, std::memory_order_relaxed);
    }
    void drop_references(std::size_t count) noexcept {
        block_->references.fetch_sub(count, std::memory_order_release);
    }

    UNISONO_HOT void release() noexcept {
        if (block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
            ::operator delete(block_);
    }

    block* block_ = nullptr;
};

} // namespace unisono::inline v0
