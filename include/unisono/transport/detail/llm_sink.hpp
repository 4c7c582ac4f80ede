#pragma once

#include <unisono/wire/http_response.hpp>
#include <unisono/wire/sse_event.hpp>

#include <functional>
#include <stop_token>

namespace unisono::inline v0::detail {

/// Where the events of an answer go.
class llm_sink {
public:
    virtual ~llm_sink() = default;
    virtual bool is_open() const noexcept = 0; ///< from any thread
    virtual void write(sse_event const& event) = 0;
    virtual void end() = 0;
    /// Answers with an error instead of a stream. False when it is too late for that.
    virtual bool refuse(http_response const&) { return false; }
    /// Begins the stream although there is nothing to say yet.
    virtual void commit() {}
    virtual std::stop_token stop_token() const noexcept = 0;
    /// Calls `then` once what was written has left, or never will.
    virtual void when_drained(std::function<void()> then) { then(); }
};

} // namespace unisono::inline v0::detail
