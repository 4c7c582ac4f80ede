#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/hub/room_settings.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// The publications of one room that carried an idempotency key, for a while: who does not know whether a
/// publication arrived publishes it again.
class idempotency_window {
public:
    explicit idempotency_window(idempotency_limits limits) noexcept : limits_(limits) {}

    /// The offset the publication with that key got; nothing when there was none lately.
    std::optional<std::uint64_t> find(std::string_view key) const {
        auto const found = offsets_.find(key);
        return found == offsets_.end() ? std::nullopt : std::optional{found->second};
    }

    /// Precondition: find(key) says nothing.
    void add(std::string_view key, std::uint64_t offset, clock::time_point now) {
        order_.push_back({now, offsets_.try_emplace(std::string{key}, offset).first});
        if (order_.size() > limits_.keys)
            drop_oldest();
    }

    void expire(clock::time_point now) {
        while (!order_.empty() && now - order_.front().since >= limits_.window)
            drop_oldest();
    }

    /// When the oldest key goes. Precondition: !empty().
    clock::time_point next_expiry() const { return later(order_.front().since, limits_.window); }

    bool empty() const noexcept { return order_.empty(); }

private:
    using offsets = std::map<std::string, std::uint64_t, std::less<>>;
    struct item {
        clock::time_point since;
        offsets::iterator place;
    };
    void drop_oldest() {
        offsets_.erase(order_.front().place);
        order_.pop_front();
    }

    offsets offsets_;
    std::deque<item> order_; ///< oldest first
    idempotency_limits limits_;
};

} // namespace unisono::inline v0::detail
