#pragma once

#include <unisono/net/connection.hpp>
#include <unisono/net/shard.hpp>

#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// Says goodbye to the connections of a shard, spread over some time, so that they do not all come back in
/// one instant. Keeps itself alive; what it holds of the shard's is weak. On the shard.
class farewell : public std::enable_shared_from_this<farewell> {
public:
    /// One per millisecond of `at_most`, or faster when there are more.
    static void begin(shard& home, std::chrono::milliseconds at_most) {
        auto const made = std::make_shared<farewell>(home);
        auto const count = made->left_.size();
        auto const steps = static_cast<std::size_t>(std::max<std::int64_t>(at_most / step, 1));
        made->each_ = std::max((count + steps - 1) / steps,
                               static_cast<std::size_t>(std::chrono::milliseconds{step}.count()));
        made->go_on();
    }

    explicit farewell(shard& home) : timer_(home.context()), left_(home.connections()) {}

private:
    static constexpr std::chrono::milliseconds step{10};

    void go_on() {
        for (std::size_t i = 0; i < each_ && !left_.empty(); ++i) {
            if (auto const c = left_.back().lock())
                c->shut_down();
            left_.pop_back();
        }
        if (left_.empty())
            return;
        timer_.expires_after(step);
        timer_.async_wait([self = shared_from_this()](std::error_code ec) {
            if (!ec)
                self->go_on();
        });
    }

    asio::steady_timer timer_;
    std::vector<std::weak_ptr<connection>> left_;
    std::size_t each_ = 1; ///< in one step
};

} // namespace unisono::inline v0::detail
