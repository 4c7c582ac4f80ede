#pragma once

#include <asio/detail/config.hpp>
#if defined(ASIO_HAS_CO_AWAIT)

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <system_error>

namespace unisono::inline v0::detail {

/// What one coroutine waits for and somebody else gives, on the same loop, once: before it waits or after.
class signal {
public:
    explicit signal(asio::io_context& loop) : timer_(std::make_shared<asio::steady_timer>(loop, never)) {}

    /// What gives the signal. Outlives this.
    std::function<void()> giver() const {
        // A timer that never fires is Asio's way to wait for somebody else. Moving its end into the past
        // wakes whoever waits, and whoever will.
        return [timer = timer_] { timer->expires_at(asio::steady_timer::time_point::min()); };
    }

    asio::awaitable<void> wait() const {
        auto const timer = timer_;
        std::error_code ignored;
        co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }

private:
    static constexpr auto never = asio::steady_timer::time_point::max();

    std::shared_ptr<asio::steady_timer> timer_;
};

} // namespace unisono::inline v0::detail

#endif
