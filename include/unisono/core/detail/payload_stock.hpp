#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/payload.hpp>

#include <cstddef>
#include <utility>

namespace unisono::inline v0::detail {

/// References to the same bytes that are handed out and taken back without an atomic operation each: where
/// thousands change hands in a loop, those would take longer than the rest of it.
///
/// Thread safety: none; the bytes may be shared with any thread.
class payload_stock {
public:
    payload_stock() noexcept = default;
    explicit payload_stock(payload bytes) noexcept : bytes_(std::move(bytes)) {}
    payload_stock(payload_stock&& other) noexcept
        : bytes_(std::move(other.bytes_)), spare_(std::exchange(other.spare_, 0)) {}
    payload_stock& operator=(payload_stock other) noexcept {
        bytes_.swap(other.bytes_);
        std::swap(spare_, other.spare_);
        return *this;
    }
    ~payload_stock() {
        if (spare_ != 0)
            bytes_.drop_references(spare_);
    }

    payload const& bytes() const noexcept { return bytes_; }

    /// Precondition: there are bytes.
    UNISONO_HOT payload take() noexcept {
        if (spare_ == 0) [[unlikely]] {
            bytes_.add_references(at_once);
            spare_ = at_once;
        }
        --spare_;
        return payload{bytes_.block_};
    }

    /// Precondition: it refers to the same bytes.
    UNISONO_HOT void give_back(payload&& reference) noexcept {
        reference.block_ = nullptr;
        ++spare_;
    }

private:
    static constexpr std::size_t at_once = 4096;

    payload bytes_;
    std::size_t spare_ = 0; ///< references that are counted and nobody has
};

} // namespace unisono::inline v0::detail
