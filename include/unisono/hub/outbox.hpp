#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/hub/detail/payload_joiner.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

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

struct outbox_row;

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
    ///
    /// `Bytes`: payload, shared when given as an lvalue.
    template <class Bytes>
    UNISONO_HOT bool push(Bytes&& bytes, overflow how = overflow::refuse, std::uint64_t key = 0) {
        if (!empty() || row_) [[unlikely]]
            return push_other(std::forward<Bytes>(bytes), how, key);
        put_first(std::forward<Bytes>(bytes), true);
        return true;
    }

    /// push() for what others queue, too: joined to the message before it where `joiner` says so.
    UNISONO_HOT bool push_shared(payload const& bytes, overflow how, std::uint64_t key,
                                 detail::payload_joiner& joiner) {
        if (!empty() || row_) [[unlikely]]
            return push_joined(bytes, how, key, joiner);
        put_first(bytes, true);
        return true;
    }

    /// As push() of payload::build(size, fill), for bytes that nobody shares: small ones that wait together
    /// share memory, and a piece of the write. `fill` only writes.
    template <class Fill>
    UNISONO_HOT bool push_built(std::size_t size, Fill&& fill) {
        if (empty() && !row_) {
            put_first(payload::build(size, fill), true);
            return true;
        }
        if (std::byte* const place = extend_first(size)) {
            fill(mutable_bytes{place, size});
            return true;
        }
        return push_behind(payload::build(size, fill), overflow::refuse, 0);
    }

    /// Queues `bytes` whatever the limit says, but counts them: their room was reserved elsewhere.
    void push_reserved(payload bytes) { append(std::move(bytes), true); }

    /// Queues `bytes` that do not count towards the limit.
    void push_exempt(payload bytes) { append(std::move(bytes), false); }

    /// Everything that waits, when that is one message, whole, and there was room for all others; else
    /// nothing. Valid until the outbox changes.
    bytes_view lone() const noexcept { return written_ == 0 && !row_ ? first_.view() : bytes_view{}; }

    /// Lets go of the lone() message: it is written.
    void consume_lone() noexcept {
        first_.reset();
        set(bytes_, 0);
        set(counted_, 0);
    }

    /// Fills `out` with the next pieces to write and returns how many. Valid until the outbox changes.
    template <class Buffer>
    std::size_t gather(std::span<Buffer> out) const {
        if (empty() || out.empty())
            return 0;
        std::size_t count = 0;
        out[count++] = Buffer{first_.data() + written_, first_.size() - written_};
        for (item const& waiting : behind()) {
            if (count == out.size())
                break;
            if (payload const& bytes = waiting.bytes; !bytes.empty())
                out[count++] = Buffer{bytes.data(), bytes.size()};
        }
        return count;
    }

    /// Lets go of the first `count` bytes: they are written.
    void consume(std::size_t count);

    /// True once after there was no room for something and what counts has fallen to half the limit: whoever
    /// was refused may go on.
    bool take_low_water();

    /// Lets go of everything.
    void clear();

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

    /// Precondition: empty().
    template <class Bytes>
    UNISONO_HOT void put_first(Bytes&& bytes, bool counts) {
        std::size_t const size = bytes.size();
        set(bytes_, size);
        set(counted_, counts ? size : 0);
        if (size > high_water_) [[unlikely]]
            high_water_ = size;
        std::construct_at(&first_, std::forward<Bytes>(bytes)); // it was empty: nothing to let go of
        about_first_ = {counts, 0};
    }

    /// Only one thread writes.
    static void set(std::atomic<std::size_t>& counter, std::size_t value) noexcept {
        counter.store(value, std::memory_order_relaxed);
    }

    template <class Bytes>
    UNISONO_COLD bool push_other(Bytes&& bytes, overflow how, std::uint64_t key) {
        return push_behind(payload{std::forward<Bytes>(bytes)}, how, key);
    }
    bool push_joined(payload const& bytes, overflow how, std::uint64_t key, detail::payload_joiner& joiner);
    bool push_behind(payload&& bytes, overflow how, std::uint64_t key);
    void append(payload&& bytes, bool counts, overflow how = overflow::refuse, std::uint64_t key = 0);
    std::byte* extend_first(std::size_t size);
    void count(std::size_t size, bool counts) noexcept;
    std::span<item const> behind() const noexcept;
    void advance();

    // When there is, or was a moment ago, no room:
    bool push_crowded(payload&& bytes, overflow how, std::uint64_t key);
    bool replace(payload& bytes, std::uint64_t key);
    bool drop_oldest();
    void remove(item& what, std::uint32_t& counter) noexcept;
    void rebuild_row();

    payload first_;                           ///< nothing may happen to it: no key, no policy
    std::unique_ptr<detail::outbox_row> row_; ///< behind it: while more than one waits or room is lacking
    std::atomic<std::size_t> bytes_{0};
    std::atomic<std::size_t> counted_{0};
    std::size_t written_ = 0; ///< bytes of first_
    std::size_t high_water_ = 0;
    std::uint32_t limit_;
    std::uint32_t dropped_ = 0;
    std::uint32_t conflated_ = 0;
    struct {
        std::uint32_t counts : 1; ///< towards the limit
        std::uint32_t room : 31;  ///< bytes by which it can be extended
    } about_first_{};
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/impl/outbox.ipp>
#endif
