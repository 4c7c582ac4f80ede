#pragma once

#include <unisono/wire/sse_parser.hpp>

#include "support/loopback_client.hpp"

#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace unisono::test {

/// What a chunked body says, however it was cut.
class dechunker {
public:
    std::string feed(std::string_view bytes) {
        waiting_.append(bytes);
        std::string body;
        for (;;) {
            auto const line = waiting_.find("\r\n");
            if (line == std::string::npos)
                return body;
            auto const size = std::stoul(waiting_, nullptr, 16);
            ended_ = size == 0;
            if (ended_ || waiting_.size() < line + 2 + size + 2)
                return body;
            body.append(waiting_, line + 2, size);
            waiting_.erase(0, line + 2 + size + 2);
        }
    }
    bool ended() const noexcept { return ended_; }

private:
    std::string waiting_;
    bool ended_ = false;
};

/// The field of a client that comes back; nothing without an id.
inline std::string last_event_id(std::string_view id) {
    return id.empty() ? std::string{} : "Last-Event-ID: " + std::string{id} + "\r\n";
}

struct event {
    std::string type;
    std::string data;
    std::string id;
};

/// The events of one chunked stream, as EventSource would dispatch them.
class event_reader {
public:
    /// `last_id`: of the stream before, for a client that comes back.
    explicit event_reader(std::string last_id = {}) : parser_({.line = 2 << 20}, std::move(last_id)) {}

    /// Parses bytes of the body.
    void feed(std::string_view bytes) {
        auto const body = chunks_.feed(bytes);
        for (bytes_view rest = as_bytes(body); !rest.empty();) {
            auto const [consumed, status] = parser_.feed(rest);
            rest = rest.subspan(consumed);
            if (status == sse_parse_status::failed)
                throw std::runtime_error("not an event stream: " + parser_.error().message());
            if (status != sse_parse_status::event)
                continue;
            auto const m = parser_.message();
            events_.push_back({std::string{m.event}, std::string{m.data}, std::string{m.last_event_id}});
        }
    }

    std::optional<event> take() {
        if (events_.empty())
            return std::nullopt;
        auto first = std::move(events_.front());
        events_.pop_front();
        return first;
    }

    /// The next event from `c`, or nothing when the stream ends before it.
    std::optional<event> next(loopback_client& c) {
        for (;;) {
            if (auto ready = take())
                return ready;
            auto const bytes = c.read_some();
            if (bytes.empty())
                return std::nullopt;
            feed(bytes);
        }
    }

    /// What a client would send as Last-Event-ID.
    std::string const& last_id() const noexcept { return parser_.last_event_id(); }
    bool ended() const noexcept { return chunks_.ended(); }

private:
    dechunker chunks_;
    sse_parser parser_;
    std::deque<event> events_;
};

} // namespace unisono::test
