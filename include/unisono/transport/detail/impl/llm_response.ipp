#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/llm_response.hpp>

#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL void llm_response::commit() {
    if (stream_)
        return;
    stream_ = sse_stream::open(exchange_, options_);
    left_.emplace(stream_->stop_token(), relay{stop_});
}

UNISONO_DECL void llm_response::write(sse_event const& event) {
    commit();
    auto const status = stream_->write(event);
    if (!status || *status == send_status::full) // an answer with a hole is worse than none
        exchange_.link().abort(std::make_error_code(std::errc::no_buffer_space));
}

UNISONO_DECL void llm_response::end() {
    commit();
    stream_->close();
}

UNISONO_DECL bool llm_response::refuse(http_response const& response) {
    if (stream_)
        return false;
    exchange_.respond(response);
    return true;
}

UNISONO_DECL void llm_response::when_drained(std::function<void()> then) {
    if (stream_ && exchange_.link().queued_bytes() >= exchange_.link().outbox_limit() / 2)
        stream_->when_drained(std::move(then));
    else
        then();
}

} // namespace unisono::inline v0::detail
