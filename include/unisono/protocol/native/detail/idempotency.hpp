#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/hub/position.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// The publications of one channel that carried a key, for a while: a client that does not know whether a
/// publication arrived sends it again.
class native_idempotency {
public:
    native_idempotency(clock::duration window, std::size_t limit) noexcept : window_(window), limit_(limit) {}

    /// The place the publication with that key got; null when there was none lately.
    position const* find(std::string_view key, clock::time_point now) {
        expire(now);
        auto const found = places_.find(key);
        return found == places_.end() ? nullptr : &found->second;
    }

    void add(std::string_view key, position where, clock::time_point now) {
        auto const [place, fresh] = places_.try_emplace(std::string{key}, std::move(where));
        if (!fresh)
            return;
        order_.push_back({now, place});
        if (order_.size() > limit_)
            drop_oldest();
    }

    void expire(clock::time_point now) {
        while (!order_.empty() && now - order_.front().since >= window_)
            drop_oldest();
    }

    bool empty() const noexcept { return order_.empty(); }

private:
    using places = std::map<std::string, position, std::less<>>;
    struct item {
        clock::time_point since;
        places::iterator place;
    };
    void drop_oldest() {
        places_.erase(order_.front().place);
        order_.pop_front();
    }

    places places_;
    std::deque<item> order_; ///< oldest first
    clock::duration window_;
    std::size_t limit_;
};

} // namespace unisono::inline v0::detail
