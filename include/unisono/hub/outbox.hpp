#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/payload.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace unisono::inline v0 {

/// What becomes of a message for which an outbox has no room.
enum class overflow : std::uint8_t {
    refuse, ///< it is not queued and the sender is told: who may miss nothing closes, and the peer recovers
    drop_newest, ///< it is lost
    drop_oldest, ///< waiting messages of this policy are lost, oldest first; if that is not enough, it is
                 ///< lost
    conflate,    ///< it takes the place of the waiting message with the same key; else as `refuse`
};

namespace detail {

/// A message in an outbox.
struct outbox_item {
    payload bytes = {}; ///< empty: dropped
    std::uint64_t key = 0;
    overflow how = overflow::refuse;
    bool counts = false; ///< towards the limit
};

struct outbox_index;

} // namespace detail

/// What waits to be written to one connection: references to shared bytes, first in, first out, bounded in
/// bytes.
///
/// Control traffic (pongs, close frames, answers) is exempt from the bound and does not count towards it:
/// dropping it would cut off a connection that is merely slow. The owner keeps its amount small.
///
/// The first message may be partly written and is never dropped or replaced. With at most one message nothing
/// is on the heap. Thread safety: none, except bytes() and counted_bytes(), which any thread may ask.
class outbox {
public:
    /// `limit` in bytes, at most 4 GiB. A message larger than it passes while nothing else counts.
    explicit outbox(std::size_t limit) noexcept;
    ~outbox();
    outbox(outbox const&) = delete;
    outbox& operator=(outbox const&) = delete;

    /// Queues `bytes`, or does what `how` says when there is no room. False only when the message was
    /// refused. `key` is for overflow::conflate; 0 is none.
    UNISONO_HOT bool push(payload&& bytes, overflow how = overflow::refuse, std::uint64_t key = 0) {
        if (index_ || !fits(bytes.size())) [[unlikely]]
            return push_crowded(std::move(bytes), how, key);
        append(std::move(bytes), true, how, key);
        return true;
    }

    /// Queues `bytes` whatever the limit says, but counts them: their room was reserved elsewhere.
    void push_reserved(payload bytes) { append(std::move(bytes), true); }

    /// Queues `bytes` that do not count towards the limit.
    void push_exempt(payload bytes) { append(std::move(bytes), false); }

    /// Fills `out` with the next pieces to write and returns how many. Valid until the outbox changes.
    template <class Buffer>
    std::size_t gather(std::span<Buffer> out) const {
        if (empty() || out.empty())
            return 0;
        std::size_t count = 0;
        out[count++] = Buffer{first_.bytes.data() + written_, first_.bytes.size() - written_};
        for (std::size_t i = head_; i < rest_.size() && count < out.size(); ++i)
            if (payload const& bytes = rest_[i].bytes; !bytes.empty())
                out[count++] = Buffer{bytes.data(), bytes.size()};
        return count;
    }

    /// Lets go of the first `count` bytes: they are written.
    void consume(std::size_t count) {
        if (count == bytes())
            clear();
        else
            consume_part(count);
    }

    /// True once after there was no room for something and what counts has fallen to half the limit: whoever
    /// was refused may go on.
    bool take_low_water() { return index_ && counted_bytes() <= limit_ / 2 && (end_crowd(), true); }

    /// Lets go of everything.
    void clear() {
        first_.bytes = {};
        written_ = 0;
        set(bytes_, 0);
        set(counted_, 0);
        if (rest_.capacity() != 0)
            [[unlikely]] // a burst must not cost memory for the rest of the connection's life
            clear_rest();
    }

    bool empty() const noexcept { return bytes() == 0; }
    std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
    std::size_t counted_bytes() const noexcept { return counted_.load(std::memory_order_relaxed); }
    std::size_t limit() const noexcept { return limit_; }

    // So far:
    std::size_t high_water() const noexcept { return high_water_; } ///< most bytes waiting at once
    std::uint32_t dropped() const noexcept { return dropped_; }     ///< messages lost; wraps
    std::uint32_t conflated() const noexcept { return conflated_; } ///< messages replaced; wraps

private:
    using item = detail::outbox_item;
    bool fits(std::size_t size) const noexcept {
        std::size_t const counted = counted_bytes();
        return counted == 0 || counted + size <= limit_;
    }

    UNISONO_HOT void append(payload&& bytes, bool counts, overflow how = overflow::refuse,
                            std::uint64_t key = 0) {
        std::size_t const total = this->bytes() + bytes.size();
        set(bytes_, total);
        if (counts)
            set(counted_, counted_bytes() + bytes.size());
        if (total > high_water_)
            high_water_ = total;
        if (total != bytes.size()) [[unlikely]] {
            append_behind(std::move(bytes), counts, how, key);
            return;
        }
        first_.bytes.swap(bytes);
        first_.key = key;
        first_.how = how;
        first_.counts = counts;
    }

    /// Only one thread writes.
    static void set(std::atomic<std::size_t>& counter, std::size_t value) noexcept {
        counter.store(value, std::memory_order_relaxed);
    }

    void append_behind(payload&& bytes, bool counts, overflow how, std::uint64_t key);
    void consume_part(std::size_t count);
    void clear_rest();
    void end_crowd() noexcept;
    void advance();

    // When there is, or was a moment ago, no room:
    bool push_crowded(payload&& bytes, overflow how, std::uint64_t key);
    bool replace(payload& bytes, std::uint64_t key);
    bool drop_oldest();
    void remove(item& what, std::uint32_t& counter) noexcept;
    void rebuild_index();

    item first_;
    std::vector<item> rest_;                      ///< behind it, from head_ on
    std::unique_ptr<detail::outbox_index> index_; ///< from the first lack of room until low water
    std::atomic<std::size_t> bytes_{0};
    std::atomic<std::size_t> counted_{0};
    std::size_t written_ = 0; ///< bytes of first_
    std::size_t high_water_ = 0;
    std::uint32_t limit_;
    std::uint32_t head_ = 0;
    std::uint32_t dropped_ = 0;
    std::uint32_t conflated_ = 0;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/impl/outbox.ipp>
#endif
