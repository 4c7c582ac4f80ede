#pragma once

#include <unisono/core/payload.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace unisono::inline v0 {

/// What waits to be written to one connection: references to shared bytes, first in, first out, bounded in
/// bytes.
///
/// Control traffic (pongs, close frames, acknowledgements) is exempt from the bound: dropping it would cut
/// off a connection that is merely slow. The owner keeps its amount small.
class outbox {
public:
    /// `limit` in bytes. A single message larger than it passes while the outbox is empty.
    explicit outbox(std::size_t limit) noexcept : limit_(limit) {}

    /// Queues `bytes`. False, and nothing queued, when that would pass the limit.
    bool push(payload bytes) {
        if (bytes_ != 0 && bytes_ + bytes.size() > limit_)
            return false;
        push_exempt(std::move(bytes));
        return true;
    }

    /// Queues `bytes` whatever the limit says.
    void push_exempt(payload bytes) {
        if (bytes.empty())
            return;
        bytes_ += bytes.size();
        items_.push_back(std::move(bytes));
    }

    /// Fills `out` with the next pieces to write and returns how many. They stay valid until consume().
    template <class Buffer>
    std::size_t gather(std::span<Buffer> out) const {
        std::size_t count = 0;
        for (std::size_t i = head_; i < items_.size() && count < out.size(); ++i, ++count) {
            std::size_t const skip = i == head_ ? written_ : 0;
            out[count] = Buffer{items_[i].data() + skip, items_[i].size() - skip};
        }
        return count;
    }

    /// Lets go of the first `count` bytes: they are written.
    void consume(std::size_t count) {
        bytes_ -= count;
        written_ += count;
        while (head_ < items_.size() && written_ >= items_[head_].size()) {
            written_ -= items_[head_].size();
            items_[head_++] = payload{};
        }
        if (head_ == items_.size())
            reset();
        else if (head_ > 64 && head_ > items_.size() / 2) {
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
            head_ = 0;
        }
    }

    void clear() {
        items_.clear();
        bytes_ = written_ = 0;
        reset();
    }

    bool empty() const noexcept { return bytes_ == 0; }
    std::size_t bytes() const noexcept { return bytes_; }
    std::size_t limit() const noexcept { return limit_; }

private:
    void reset() {
        head_ = 0;
        // A burst must not cost memory for the rest of the connection's life.
        if (items_.capacity() > 16)
            std::vector<payload>{}.swap(items_);
        else
            items_.clear();
    }

    std::vector<payload> items_;
    std::size_t head_ = 0;    ///< first item not wholly written
    std::size_t written_ = 0; ///< bytes of that item already written
    std::size_t bytes_ = 0;
    std::size_t limit_;
};

} // namespace unisono::inline v0
