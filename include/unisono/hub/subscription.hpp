#pragma once

#include <string>
#include <utility>

namespace unisono::inline v0 {

namespace detail {
struct membership;
class hub_core;
} // namespace detail

/// Membership of a subscriber in a room; ends when this is destroyed.
///
/// Thread safety: used on the shard it belongs to. After cancel() (or destruction) returns nothing is
/// delivered.
class subscription {
public:
    subscription() noexcept = default;
    subscription(subscription&& other) noexcept : membership_(std::exchange(other.membership_, nullptr)) {}
    subscription& operator=(subscription&& other) noexcept {
        if (this != &other) {
            cancel();
            membership_ = std::exchange(other.membership_, nullptr);
        }
        return *this;
    }
    ~subscription() { cancel(); }

    /// Leaves the room. Does nothing the second time.
    void cancel() noexcept;

    explicit operator bool() const noexcept { return membership_ != nullptr; }

    /// The room's epoch, which stays the same while anybody is in it. Precondition: not cancelled.
    std::string const& epoch() const noexcept;

private:
    friend class detail::hub_core;
    explicit subscription(detail::membership& m) noexcept : membership_(&m) {}

    detail::membership* membership_ = nullptr; ///< the hub's, until we leave; null: left, or never entered
};

} // namespace unisono::inline v0
