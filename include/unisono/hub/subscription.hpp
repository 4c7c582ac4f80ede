#pragma once

#include <memory>
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
    subscription(subscription&&) noexcept = default;
    subscription& operator=(subscription&& other) noexcept {
        if (this != &other) {
            cancel();
            core_ = std::move(other.core_);
            membership_ = other.membership_;
        }
        return *this;
    }
    ~subscription() { cancel(); }

    /// Leaves the room. Does nothing the second time.
    void cancel() noexcept;

    explicit operator bool() const noexcept { return core_ != nullptr; }

    /// The room's epoch, which stays the same while anybody is in it. Precondition: not cancelled.
    std::string const& epoch() const noexcept;

private:
    friend class detail::hub_core;
    subscription(std::shared_ptr<detail::hub_core> core, detail::membership& m) noexcept
        : core_(std::move(core)), membership_(&m) {}

    std::shared_ptr<detail::hub_core> core_;   ///< none: left, or never entered
    detail::membership* membership_ = nullptr; ///< lives until we leave
};

} // namespace unisono::inline v0
