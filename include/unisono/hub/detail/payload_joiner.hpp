#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/payload.hpp>

#include <cstddef>
#include <cstring>

namespace unisono::inline v0::detail {

/// Makes one piece of what many outboxes queue one behind the other: in a burst, everybody in a room gets the
/// same messages, and a write of one piece takes half the time of a write of many.
///
/// Remembers the latest pair only, since a message is delivered to all before the next one. The first outbox
/// with a pair gets nothing, so that what only one queues is never copied. Thread safety: none; one per
/// shard.
class payload_joiner {
public:
    /// The bytes of `front` and `back` in one piece, if they are few and another outbox has them, too; else
    /// null. Valid until the next call.
    UNISONO_HOT payload const* join(payload const& front, payload const& back) {
        if (!front.is_same(front_) || !back.is_same(back_)) [[unlikely]]
            return remember(front, back);
        if (joined_.empty()) [[unlikely]]
            build();
        return &joined_;
    }

    /// Lets go of all bytes.
    void clear() noexcept {
        front_.reset();
        back_.reset();
        joined_.reset();
    }

private:
    /// Each message of a burst copies those before it: a bound on what that comes to.
    static constexpr std::size_t most = 2048;

    UNISONO_COLD payload const* remember(payload const& front, payload const& back) {
        clear();
        if (front.size() + back.size() <= most) {
            front_ = front;
            back_ = back;
        }
        return nullptr;
    }

    UNISONO_COLD void build() {
        joined_ = payload::build(front_.size() + back_.size(), [&](mutable_bytes out) {
            std::memcpy(out.data(), front_.data(), front_.size());
            std::memcpy(out.data() + front_.size(), back_.data(), back_.size());
        });
    }

    payload front_;
    payload back_;
    payload joined_; ///< empty: nobody else has asked yet
};

} // namespace unisono::inline v0::detail
