#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/history.hpp>
#include <unisono/transport/detail/generation_registry.hpp>
#include <unisono/transport/detail/generation_state.hpp>
#include <unisono/transport/detail/sse_room_feed.hpp>
#include <unisono/transport/generation.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/sse_handshake.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// The offset that the query asks to start behind; nothing when it makes no sense.
UNISONO_DECL std::optional<std::uint64_t> parse_from(std::string_view text) {
    std::uint64_t n = 0;
    auto const [stopped, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (ec != std::errc{} || stopped != text.data() + text.size())
        return std::nullopt;
    return n;
}

} // namespace detail

struct generation::producer {
    explicit producer(std::shared_ptr<detail::generation_state> s) : state(std::move(s)) {}
    producer(producer const&) = delete;
    producer& operator=(producer const&) = delete;
    ~producer() { state->end({}); }

    std::shared_ptr<detail::generation_state> state;
};

UNISONO_DECL generation::generation(std::shared_ptr<detail::generation_state> s)
    : producer_(std::make_shared<producer const>(std::move(s))) {}

UNISONO_DECL result<send_status> generation::write(sse_event const& event) const {
    if (!event.data)
        return wire_error::forbidden_character; // without data there is nothing a viewer could see
    auto plain = event;
    plain.id.reset();
    auto block = encode_sse(plain);
    if (!block)
        return block.error();
    return producer_->state->append(*std::move(block)) ? send_status::queued : send_status::closed;
}

UNISONO_DECL void generation::finish() const {
    producer_->state->end({});
}

UNISONO_DECL std::stop_token generation::stop_token() const noexcept {
    return producer_->state->stop().get_token();
}

UNISONO_DECL executor& generation::home() const noexcept {
    return producer_->state->home();
}

UNISONO_DECL generations::generations(hub const& rooms, generation_options options)
    : registry_(std::make_unique<detail::generation_registry>(rooms, std::move(options))) {}

UNISONO_DECL generations::~generations() = default;

UNISONO_DECL result<generation> generations::start(std::string_view key, std::string_view owner) {
    auto started = registry_->start(key, owner);
    if (!started)
        return started.error();
    return generation{*std::move(started)};
}

UNISONO_DECL void generations::view(http_exchange const& exchange, std::size_t where, std::string_view key,
                                    std::string_view owner) const {
    auto const state = registry_->find(key, owner);
    if (!state) {
        exchange.respond(error_response(404));
        return;
    }
    auto const id = last_event_id(exchange.request());
    auto const from = detail::parse_from(exchange.request().query_parameter("from").value_or("0"));
    if (!id || !from) {
        exchange.respond(error_response(400));
        return;
    }
    position at{{}, *from};
    if (!id->empty())
        at = detail::parse_feed_id(*id).value_or(position{"?", 0});
    if (at.offset != 0 && state->ended_after(at.offset)) {
        exchange.respond({.status = 204});
        return;
    }
    using feed = detail::sse_room_feed;
    feed::serve(exchange, state->room(), where, key, {{.last = history::unlimited}, std::move(at)},
                feed::content::blocks, registry_->options().stream);
}

UNISONO_DECL bool generations::cancel(std::string_view key, std::string_view owner, sse_event const& last) {
    auto const state = registry_->find(key, owner);
    auto plain = last;
    plain.id.reset();
    auto block = encode_sse(plain);
    if (!state || !state->end(block ? *std::move(block) : payload{}))
        return false;
    state->stop().request_stop();
    return true;
}

UNISONO_DECL std::size_t generations::running() const {
    return registry_->running();
}

} // namespace unisono::inline v0
