#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/history.hpp>
#include <unisono/transport/detail/sse_connection.hpp>
#include <unisono/transport/sse_feed.hpp>
#include <unisono/wire/http_chunk.hpp>
#include <unisono/wire/sse_handshake.hpp>

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// `epoch:offset`, the id of an event.
UNISONO_DECL std::string feed_id(position const& at) {
    return at.epoch + ":" + std::to_string(at.offset);
}

UNISONO_DECL std::optional<position> parse_feed_id(std::string_view id) {
    auto const colon = id.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    position at{std::string{id.substr(0, colon)}, 0};
    auto const* const end = id.data() + id.size();
    auto const [stopped, ec] = std::from_chars(id.data() + colon + 1, end, at.offset);
    if (ec != std::errc{} || stopped != end || at.epoch.empty())
        return std::nullopt;
    return at;
}

/// Carries a room's messages into one event stream.
class sse_feed final : public subscriber, public std::enable_shared_from_this<sse_feed> {
public:
    sse_feed(std::shared_ptr<sse_connection> const& stream, std::chrono::milliseconds retry)
        : stream_(stream), retry_(retry) {}

    void start(hub& rooms, std::size_t where, std::string_view room, subscribe_options options) {
        rooms.subscribe(where, room, shared_from_this(), std::move(options),
                        [self = shared_from_this()](subscription s, subscribed past) {
                            self->begin(std::move(s), past);
                        });
    }

    void stop() { subscription_.cancel(); }

    void deliver(message_ptr const& m) override {
        if (m->kind != message_kind::publication)
            return;
        auto& link = live_->link();
        if (!link.send(bytes_of(*m), overflow::refuse, 0, m->pace) && link.is_open())
            link.abort(std::make_error_code(std::errc::no_buffer_space)); // it resumes by its last id
    }

private:
    void begin(subscription s, subscribed const& past) {
        auto const stream = stream_.lock();
        if (!stream || !stream->link().is_open())
            return;
        subscription_ = std::move(s);
        live_ = stream.get();
        epoch_ = past.at.epoch;
        write(*stream, {.retry = retry_}); // a cut connection has no last word to say it in
        auto const id = feed_id(past.at);
        if (past.was_recovering && !past.recovered)
            write(*stream, {.event = "reset", .id = id, .data = R"({"reason":"position lost"})"});
        else if (past.messages.empty())
            write(*stream, {.id = id});
        for (auto const& m : past.messages)
            if (m->kind == message_kind::publication)
                // History is bounded itself, and who comes back slowly could never catch up if it counted.
                stream->link().send_exempt(bytes_of(*m));
    }

    static void write(sse_connection& stream, sse_event const& event) {
        if (auto bytes = encode_sse(event))
            stream.write(*std::move(bytes));
    }

    payload bytes_of(message const& m) const {
        if (!live_->chunked())
            return block(m);
        return m.form(wire_form::sse, [&](message const& from) { return encode_chunk(block(from).view()); });
    }

    payload block(message const& m) const {
        std::string const id = m.offset ? feed_id({epoch_, m.offset}) : std::string{};
        sse_event event{.data = m.data.text()};
        if (m.offset)
            event.id = id;
        auto bytes = encode_sse(event);
        return bytes ? *std::move(bytes) : payload{}; // binary data does not fit a text stream
    }

    std::weak_ptr<sse_connection> stream_;
    sse_connection* live_ =
        nullptr; ///< valid while subscribed: the stream ends the subscription before it goes
    subscription subscription_;
    std::string epoch_;
    std::chrono::milliseconds retry_;
};

} // namespace detail

UNISONO_DECL void serve_sse_feed(http_exchange const& exchange, hub& rooms, std::size_t where,
                                 std::string_view room, sse_feed_options const& options) {
    auto const id = last_event_id(exchange.request());
    if (!id) {
        exchange.respond(error_response(400));
        return;
    }
    auto const stream = detail::sse_connection::start(exchange, options.stream);
    if (!stream)
        return;
    auto const feed = std::make_shared<detail::sse_feed>(stream, options.stream.retry);
    stream->on_end([feed] { feed->stop(); });
    subscribe_options wish{.last = options.last, .recover_limit = history::unlimited}; // it is not one answer
    if (!id->empty()) // an id that makes no sense is one we cannot resume from
        wish.recover = detail::parse_feed_id(*id).value_or(position{"?", 0});
    feed->start(rooms, where, room, std::move(wish));
}

} // namespace unisono::inline v0
