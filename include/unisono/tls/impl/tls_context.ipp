#pragma once

#include <unisono/core/config.hpp>
#include <unisono/tls/detail/tls_filter.hpp>
#include <unisono/tls/detail/tls_state.hpp>
#include <unisono/tls/tls_context.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL result<std::shared_ptr<tls_context>> tls_context::open(tls_options options) {
    auto state = detail::tls_state::load(options);
    if (!state)
        return state.error();
    return std::shared_ptr<tls_context>{new tls_context(std::move(options), *std::move(state))};
}

UNISONO_DECL result<void> tls_context::reload() {
    auto fresh = detail::tls_state::load(options_);
    if (!fresh)
        return fresh.error();
    std::lock_guard const lock{mutex_};
    state_.swap(*fresh); // the old one goes when its last connection does
    return {};
}

UNISONO_DECL std::unique_ptr<stream_filter> tls_context::make() {
    std::shared_ptr<detail::tls_state> state;
    {
        std::lock_guard const lock{mutex_};
        state = state_;
    }
    return detail::tls_filter::make(std::move(state));
}

} // namespace unisono::inline v0
