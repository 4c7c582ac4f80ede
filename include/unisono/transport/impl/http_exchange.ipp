#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/stopped_token.hpp>
#include <unisono/transport/http_connection.hpp>
#include <unisono/transport/http_exchange.hpp>

#include <cassert>

namespace unisono::inline v0 {

UNISONO_DECL http_exchange::http_exchange(std::shared_ptr<connection> link, std::uint64_t number,
                                          http_request&& request)
    : state_(std::make_shared<state>(std::move(link), number, std::move(request))) {}

UNISONO_DECL http_exchange::state::~state() {
    if (!answered.exchange(true))
        answer(error_response(500));
}

UNISONO_DECL void http_exchange::state::answer(http_response response) {
    if (!link->is_open()) // then its shard may be gone, too
        return;
    response.headers.add_missing(fields);
    // Named by number, not by pointer: the connection may have moved on or be gone by then.
    link->home().dispatch([link = link, number = number, response = std::move(response)] {
        if (auto* http = dynamic_cast<http_connection*>(&link->handler()))
            http->finish(*link, number, response);
    });
}

UNISONO_DECL std::string_view http_exchange::parameter(std::string_view name) const noexcept {
    for (auto const& [key, value] : state_->parameters)
        if (key == name)
            return value;
    return {};
}

UNISONO_DECL void http_exchange::set_parameter(std::string_view name, std::string_view value) const {
    state_->parameters.emplace_back(name, value);
}

UNISONO_DECL bool http_exchange::respond(http_response response) const {
    if (state_->answered.exchange(true))
        return false;
    state_->answer(std::move(response));
    return true;
}

UNISONO_DECL std::stop_token http_exchange::stop_token() const {
    assert(home().running_here());
    if (auto* http = dynamic_cast<http_connection*>(&link().handler()); http && link().is_open())
        return http->gone(state_->number);
    return detail::stopped_token();
}

UNISONO_DECL bool http_exchange::take_over(payload head, std::unique_ptr<connection_handler> next) const {
    assert(home().running_here());
    if (state_->answered.exchange(true) || !link().is_open())
        return false;
    if (state_->client && !link().assign_to(*state_->client)) {
        state_->answer(error_response(503));
        return false;
    }
    auto* http = dynamic_cast<http_connection*>(&link().handler());
    return http && http->hand_over(link(), state_->number, std::move(head), std::move(next));
}

} // namespace unisono::inline v0
