#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/detail/payload_stock.hpp>
#include <unisono/core/payload.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace unisono::inline v0::detail {

/// Makes one piece of what many outboxes queue one behind the other: in a burst, everybody in a room gets the
/// same messages, and a write of one piece takes half the time of a write of many.
///
/// Remembers the latest pair only, since a message is delivered to all before the next one. The first outbox
/// with a pair gets nothing, so that what only one queues is never copied. Thread safety: none; one per
/// shard.
class payload_joiner {
public:
    /// Makes `front` the bytes of `front` and `back` in one piece, if another outbox has them, too, and the
    /// copy is worth it. False: it is as it was.
    UNISONO_HOT bool join(payload& front, payload const& back) {
        if (!front.is_same(front_.bytes()) || !back.is_same(back_)) [[unlikely]]
            return remember(front, back);
        if (joined_.bytes().empty()) [[unlikely]]
            build();
        ++joins_;
        front_.give_back(std::move(front));
        front = joined_.take();
        return true;
    }

    /// Lets go of all bytes.
    void clear() noexcept {
        front_ = {};
        back_.reset();
        joined_ = {};
        joins_ = 0;
    }

private:
    // Each message of a burst copies those before it. What that comes to is bounded, and for more than a few
    // bytes small beside what it saves those who had the message before.
    static constexpr std::size_t always = 4096;
    static constexpr std::size_t for_each = 16;
    static constexpr std::size_t most = 65'536;

    UNISONO_COLD bool remember(payload const& front, payload const& back) {
        std::size_t const worth = std::clamp(joins_ * for_each, always, most);
        if (front.size() + back.size() > worth) {
            clear();
            return false;
        }
        front_ = front.is_same(joined_.bytes()) ? std::move(joined_) : payload_stock{front};
        back_ = back;
        joined_ = {};
        joins_ = 0;
        return false;
    }

    UNISONO_COLD void build() {
        payload const& front = front_.bytes();
        joined_ = payload_stock{payload::build(front.size() + back_.size(), [&](mutable_bytes out) {
            std::memcpy(out.data(), front.data(), front.size());
            std::memcpy(out.data() + front.size(), back_.data(), back_.size());
        })};
    }

    payload_stock front_;
    payload back_;
    payload_stock joined_;  ///< empty: nobody else has asked yet
    std::size_t joins_ = 0; ///< of this pair, so far
};

} // namespace unisono::inline v0::detail
