#pragma once

#include <unisono/transport/detail/stopped_token.hpp>

#include <atomic>
#include <memory>
#include <stop_token>

namespace unisono::inline v0::detail {

/// A std::stop_source for what seldom is asked for a token: the state is made then. Thread safety: any
/// thread.
class lazy_stop_source {
public:
    lazy_stop_source() noexcept = default;
    lazy_stop_source(lazy_stop_source const&) = delete;
    lazy_stop_source& operator=(lazy_stop_source const&) = delete;
    ~lazy_stop_source() {
        if (auto* const source = source_.load(std::memory_order_acquire); source != stopped())
            delete source;
    }

    std::stop_token get_token() {
        auto* source = source_.load(std::memory_order_acquire);
        if (!source) {
            auto fresh = std::make_unique<std::stop_source>();
            if (source_.compare_exchange_strong(source, fresh.get(), std::memory_order_acq_rel))
                source = fresh.release();
        }
        return source == stopped() ? stopped_token() : source->get_token();
    }

    /// Stops all tokens, those given later included.
    void request_stop() noexcept {
        std::stop_source* source = nullptr;
        if (!source_.compare_exchange_strong(source, stopped(), std::memory_order_acq_rel) &&
            source != stopped())
            source->request_stop();
    }

private:
    /// Marks what stopped before anybody asked. Only compared: an address that no stop_source has.
    std::stop_source* stopped() noexcept { return reinterpret_cast<std::stop_source*>(this); }

    std::atomic<std::stop_source*> source_{nullptr}; ///< null: nobody asked
};

} // namespace unisono::inline v0::detail
