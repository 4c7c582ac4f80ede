#pragma once

#include <cstddef>
#include <memory>
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
    subscription(subscription&&) noexcept = default;
    subscription& operator=(subscription&& other) noexcept {
        if (this != &other) {
            cancel();
            core_ = std::move(other.core_);
            membership_ = std::move(other.membership_);
        }
        return *this;
    }
    ~subscription() { cancel(); }

    /// Leaves the room. Does nothing the second time.
    void cancel() noexcept;

    explicit operator bool() const noexcept { return membership_ != nullptr; }

private:
    friend class detail::hub_core;
    subscription(std::shared_ptr<detail::hub_core> core, std::shared_ptr<detail::membership> m) noexcept
        : core_(std::move(core)), membership_(std::move(m)) {}

    std::shared_ptr<detail::hub_core> core_;
    std::shared_ptr<detail::membership> membership_;
};

} // namespace unisono::inline v0
